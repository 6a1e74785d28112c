//! MAY-1 to MAY-18 and REC-1: what RFC 9293 allows, and the one thing it recommends under that name. Used by the table
//! above it only.

use super::reasons::{INSIDE, INTERFACE, IP_OPTIONS, PERMISSION, QUEUE, SAME_ID};
use super::{Row, partly, seen, unseen};

pub(super) static ROWS: &[Row] = &[
    seen("MAY-1", "close may end reading too", "关闭可以同时停止接收", &["fin-data-after-close-rst", "rst-cause"]),
    seen(
        "MAY-2",
        "a SYN may reopen from TIME-WAIT",
        "SYN 可从 TIME-WAIT 重新打开",
        &["tw-reopen-isn", "reuse-confirmed"],
    ),
    unseen("MAY-3", "MSS may be sent always", "可以总是发送 MSS", PERMISSION),
    partly(
        "MAY-4",
        "a repeat may keep its identification",
        "重传可沿用同一 IP 标识",
        &["rexmit-is-copy-of-sent"],
        SAME_ID,
    ),
    seen("MAY-5", "keep-alives may be sent", "可以保活", &["ka-form"]),
    seen("MAY-6", "a keep-alive may carry one octet", "保活报文段可带一个字节", &["ka-form"]),
    seen("MAY-7", "data beyond a shrunk window may be repeated", "可重传收缩窗口之外的旧数据", &["data-in-window"]),
    seen("MAY-8", "a window may stay closed", "窗口可一直关闭", &["zw-open"]),
    unseen("MAY-9", "Diffserv received may be passed up", "收到的区分服务字段可上交", INTERFACE),
    unseen("MAY-10", "the time stamp option of IP", "IP 的时间戳选项", IP_OPTIONS),
    unseen("MAY-11", "the record route option of IP", "IP 的记录路由选项", IP_OPTIONS),
    seen("MAY-12", "ACKs too old may be refused", "可拒绝过旧的 ACK", &["ack-not-too-old"]),
    seen("MAY-13", "an ACK for a segment out of order", "可确认乱序的报文段", &["dupack"]),
    unseen("MAY-14", "a FLUSH call", "FLUSH 调用", INTERFACE),
    unseen("MAY-15", "SEND may take a PUSH flag", "SEND 可带 PUSH 标志", INTERFACE),
    unseen("MAY-16", "data without PUSH may wait", "没有 PUSH 的数据可以等待", QUEUE),
    unseen("MAY-17", "PSH received may be passed up", "收到的 PSH 可上交", INTERFACE),
    unseen("MAY-18", "other congestion control that conforms", "其他合规的拥塞控制", INSIDE),
    unseen("REC-1", "32 bits for windows", "窗口用 32 位存储", INSIDE),
];
