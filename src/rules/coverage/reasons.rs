//! Why no tap can see that a requirement is kept or broken: reasons that several requirements share, and the longer
//! ones that only one has. Used by the tables beside it only.

use crate::rules::Said;

pub(super) const INTERFACE: Said = Said {
    en: "between application and TCP: what a call may ask for or is told never reaches the wire",
    zh: "应用程序与 TCP 之间的事：调用可以要求什么、得到什么答复，都不会出现在线路上",
};

pub(super) const INSIDE: Said = Said {
    en: "inside one endpoint: its segments are the same either way",
    zh: "端点内部的事：无论怎样实现，发出的报文段都一样",
};

pub(super) const PERMISSION: Said = Said {
    en: "a permission: both choices are legal, so nothing can break it",
    zh: "这是许可：两种做法都合法，无从违反",
};

pub(super) const RECEIVER_SILENT: Said = Said {
    en: "a receiver that fails here looks like one that the segment never reached",
    zh: "在这里出错的接收方，看起来与没有收到该报文段的接收方一样",
};

pub(super) const QUEUE: Said = Said {
    en: "what its application has written and is still queued cannot be seen from outside",
    zh: "应用程序已写入而尚在排队的数据，从外面看不到",
};

pub(super) const SOURCE_ROUTE: Said = Said {
    en: "source routes: routers drop such packets, and synfin does not read IP options",
    zh: "源路由：路由器会丢弃这种分组，synfin 也不读取 IP 选项",
};

pub(super) const IP_OPTIONS: Said = Said {
    en: "IP options: synfin passes over them, and a host that supports them answers no differently",
    zh: "IP 选项：synfin 跳过它们，支持它们的主机应答也并无不同",
};

pub(super) const UNSIGNED: Said = Said {
    en: "a sender that takes a large window for a negative one only sends less than it may",
    zh: "把大窗口当成负数的发送方，只会比允许的发得少",
};

pub(super) const DAMAGED: Said = Said {
    en: "that a receiver dropped a damaged segment shows only where the capture was taken behind the damage",
    zh: "接收方是否丢弃了损坏的报文段，只有在损坏之后捕获时才能看出",
};

pub(super) const CLOCK: Said = Said {
    en: "one initial number shows no clock: only those of later connections between the same ports can",
    zh: "单个初始序列号看不出时钟：只有同样端口之间后来的连接才能显示",
};

pub(super) const SECRET: Said = Said {
    en: "how hard numbers are to guess cannot be told from those seen; only their repetition can",
    zh: "序列号是否难以猜测，无法从看到的号码得知；只有重复才能看出",
};

pub(super) const LAST_STATE: Said = Said {
    en: "where a RST sends it back to shows only in its answer to the next SYN, which begins another connection",
    zh: "RST 使它回到哪个状态，只有在对下一个 SYN 的应答中才能看出，而那已是另一个连接",
};

pub(super) const OWN_MSS: Said = Said {
    en: "whether the size that a silent endpoint can receive is the default, only the endpoint knows",
    zh: "没有声明 MSS 的端点能接收的大小是否就是默认值，只有它自己知道",
};

pub(super) const SAMPLES: Said = Said {
    en: "which round trips an endpoint measured cannot be seen, and many timers give the same delays",
    zh: "端点测量了哪些往返时间是看不到的，而许多定时器会给出同样的延迟",
};

pub(super) const CONGESTION: Said = Said {
    en: "the congestion window is inside the sender: a tap sees that it sent, not what it could have sent; back-off \
         between retransmissions can be seen",
    zh: "拥塞窗口在发送方内部：抓包只看到它发了什么，看不到它本可发什么；重传之间的退避是可见的",
};

pub(super) const ADVICE: Said = Said {
    en: "the advice to IP at the first threshold stays inside; when it gives up can be seen",
    zh: "到达第一个门限时给 IP 的提示留在内部；何时放弃是可见的",
};

pub(super) const WHO_ASKED: Said = Said {
    en: "a keep-alive shows that somebody switched it on, not who",
    zh: "保活报文段表明有人开启了它，但看不出是谁",
};

pub(super) const URGENT_UNUSED: Said = Said {
    en: "an endpoint without it and one that never needs it send the same",
    zh: "不支持它的端点，与从不需要它的端点，发送的内容一样",
};

pub(super) const URGENT_LENGTH: Said = Said {
    en: "urgent data of any length are a row of legal pointers; what the receiver made of them stays inside",
    zh: "任意长度的紧急数据就是一系列合法的指针；接收方如何对待它们，留在内部",
};

pub(super) const SHRUNK: Said = Said {
    en: "whether the smaller window had arrived before the sender went on is rarely proved; it is never charged",
    zh: "发送方继续发送之前，较小的窗口是否已经到达，很少能够证明；synfin 不因此归咎于任何一方",
};

pub(super) const SHRUNK_REPEATS: Said = Said {
    en: "that octets should have been repeated and were not, nothing shows: the timer's time is not known",
    zh: "本应重传而没有重传的字节，没有任何内容能够显示：定时器的时间不得而知",
};

pub(super) const SMALL_SEGMENTS: Said = Said {
    en: "whether a small segment could have waited depends on what was queued and on what its application set",
    zh: "小报文段是否本可等待，取决于排队的数据和应用程序的设置",
};

pub(super) const SMALL_WINDOWS: Said = Said {
    en: "whether a step of the window is too small depends on the receiver's buffer, which nobody outside knows",
    zh: "窗口的增量是否太小，取决于接收方的缓冲区，外界不得而知",
};

pub(super) const OTHER_ADDRESS: Said = Said {
    en: "a segment from another address of the host belongs, by its addresses, to no connection seen",
    zh: "从主机另一地址发出的报文段，按其地址不属于任何已见的连接",
};

pub(super) const ASKED_IP: Said = Said {
    en: "the SYN carries an address; who chose it is not written there",
    zh: "SYN 中带有地址，但没有写明由谁选择",
};

pub(super) const QUENCH: Said = Said {
    en: "to discard it silently is to show nothing; a sender that slows down may do so for many reasons",
    zh: "静默丢弃就是什么也不显示；发送方变慢则可能有许多原因",
};

pub(super) const AT_ONCE: Said = Said {
    en: "which segments an endpoint had queued when it sent an ACK cannot be seen; synfin counts how many ACKs come",
    zh: "端点发送 ACK 时队列中有哪些报文段是看不到的；synfin 只计算 ACK 的多少",
};

pub(super) const DIFFSERV: Said = Said {
    en: "routers rewrite the field, so a change seen is not its sender's for certain; synfin does not judge it",
    zh: "路由器会改写该字段，所以看到的变化不一定出自发送方；synfin 不作判断",
};

pub(super) const HELD: Said = Said {
    en: "that it was held shows where a later ACK covers it without a second copy; that it was not, nobody must show",
    zh: "若后来的 ACK 无需第二份副本就确认了它，便可见它曾被保留；没有保留则无从显示",
};

pub(super) const MTU: Said = Said {
    en: "which packets an interface could carry at other times is not in the capture",
    zh: "接口在其他时候能承载多大的分组，不在抓包之中",
};

pub(super) const ECN: Said = Said {
    en: "an endpoint that does not ask for ECN may still support it; where it asks, the exchange is judged",
    zh: "不请求 ECN 的端点仍可能支持它；请求时，其交换会受到判断",
};

pub(super) const SAME_ID: Said = Said {
    en: "a permission; by the identification alone such a copy looks like one that the capture made",
    zh: "这是许可；单凭标识字段，这种副本与抓包造成的重复无法区分",
};

pub(super) const DELAYED: Said = Said {
    en: "to acknowledge at once is always legal; only a delay that is too long can be charged",
    zh: "立即确认总是合法的；只有延迟过长才可归咎",
};
