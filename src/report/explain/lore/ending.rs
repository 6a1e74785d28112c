//! F29 to F35: a new incarnation, resets, and what changes nothing. Used by the lore above it only.

use super::examples::{ABORTED, CHALLENGED, FIN_AGAIN, HASTY, OLD_STACK, REFUSED, REUSED};
use super::{Lore, about, said};

pub(super) static LORE: &[Lore] = &[
    about(
        "F29",
        "SYN x' > last number of its sender, or TSval' > last TSval; SYN-ACK: SEG.ACK = x' + 1",
        [
            said("the SYN-ACK that acknowledges the new SYN", "确认新 SYN 的 SYN-ACK"),
            said(
                "the new number lies below the old ones: the SYN is taken for an old one",
                "新序列号低于旧的：SYN 被当作旧的",
            ),
            said("before that SYN-ACK: a SYN alone splits nothing", "在该 SYN-ACK 之前：单独的 SYN 不会分出新连接"),
        ],
        REUSED,
    ),
    about(
        "F30",
        "RST: SEG.SEQ = RCV.NXT",
        [
            said("silence behind the RST, or a RST to further data", "RST 之后的沉默，或对后续数据回复 RST"),
            said(
                "the other application ended with data unread, or somebody forged it",
                "对方应用程序结束时还有数据未读，或被人伪造",
            ),
            said(
                "where RCV.NXT of the receiver is not certain because data before it may not have arrived",
                "若之前的数据可能未到达，接收方的 RCV.NXT 不能确定",
            ),
        ],
        ABORTED,
    ),
    about(
        "F31",
        "SEG.SEQ outside the window, or SYN, or RST with SEG.SEQ not RCV.NXT; ACK: SEG.SEQ = SND.NXT, SEG.ACK = RCV.NXT",
        [
            said("the ACK that it draws, called a challenge ACK", "它引来的 ACK，称为挑战 ACK"),
            said("read as a duplicate acknowledgment, or as a sign of loss", "被看作重复确认或丢失的迹象"),
            said("hosts limit how many they send, so that none need come", "主机限制其数量，所以可能不发送"),
        ],
        CHALLENGED,
    ),
    about(
        "F32",
        "SYN or RST: RCV.NXT =< SEG.SEQ < RCV.NXT + RCV.WND",
        [
            said(
                "a RST in answer to the SYN, or silence behind a RST that does not stand at RCV.NXT",
                "对 SYN 回复 RST，或在不位于 RCV.NXT 的 RST 之后沉默",
            ),
            said(
                "anybody who guesses the window can end the connection: RFC 5961 came of it",
                "任何猜中窗口的人都能终止连接：RFC 5961 由此而来",
            ),
            said("a host that has lost the connection by itself answers alike", "自己丢失了连接的主机，应答相同"),
        ],
        OLD_STACK,
    ),
    about(
        "F33",
        "no ACK: RST SEG.SEQ = 0, SEG.ACK = SEG.SEQ + SEG.LEN; ACK: RST SEG.SEQ = SEG.ACK",
        [
            said("the RST", "该 RST"),
            said(
                "nobody listens, or a host has restarted and knows nothing of its connections",
                "无人监听，或主机重启后不知道原有的连接",
            ),
            said("CLOSED from LISTEN: both answer so", "无法区分 CLOSED 与 LISTEN：两者应答相同"),
        ],
        REFUSED,
    ),
    about(
        "F34",
        "FIN u arrives again; ACK: SEG.ACK = u + 1 again",
        [
            said("the same ACK again", "同样的 ACK 再次发出"),
            said("the acknowledgment of the FIN was lost", "对 FIN 的确认曾丢失"),
            said("the state stays the same, so no row is shown", "状态不变，所以没有单独的行"),
        ],
        FIN_AGAIN,
    ),
    about(
        "F35",
        "ACK: SEG.ACK = u + 1 acknowledges y and u at once",
        [
            said("the ACK of u + 1, the first from the opener", "打开方的第一个 ACK，其确认号为 u + 1"),
            said("a server that closes before the handshake is complete", "握手完成前就关闭的服务器"),
            said(
                "from F16, F6 and F22 one after the other: they are what is shown, as far as segments show them",
                "无法与先后发生的 F16、F6、F22 区分：报告按报文段显示它们",
            ),
        ],
        HASTY,
    ),
];
