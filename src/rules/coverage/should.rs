//! SHLD-1 to SHLD-31: what RFC 9293 wants unless there is a reason. Used by the table above it only.

use super::reasons::{
    DELAYED, DIFFSERV, ECN, HELD, INSIDE, INTERFACE, MTU, OWN_MSS, QUEUE, SECRET, SHRUNK, SHRUNK_REPEATS,
    SMALL_SEGMENTS, SOURCE_ROUTE,
};
use super::{Row, partly, seen, unseen};

pub(super) static ROWS: &[Row] = &[
    unseen("SHLD-1", "initial numbers mix in a secret", "初始序列号混入秘密函数", SECRET),
    seen("SHLD-2", "a RST may carry data", "RST 可以携带数据", &["rst-data"]),
    seen(
        "SHLD-3",
        "a RST where data are lost by closing",
        "关闭导致数据丢失时发送 RST",
        &["fin-data-after-close-rst", "rst-cause"],
    ),
    seen("SHLD-4", "time stamps shorten TIME-WAIT", "用时间戳缩短 TIME-WAIT", &["tw-reopen-ts"]),
    partly("SHLD-5", "MSS stands in every SYN", "每个 SYN 都带 MSS", &["neg-mss-default"], OWN_MSS),
    unseen("SHLD-6", "MSS follows the smallest MTU", "MSS 取最小的 MTU", MTU),
    unseen("SHLD-7", "Nagle's algorithm", "Nagle 算法", SMALL_SEGMENTS),
    partly("SHLD-8", "ECN is supported", "支持 ECN", &["neg-ecn-setup"], ECN),
    unseen("SHLD-9", "the application hears of trouble early", "及早通知应用程序传送困难", INTERFACE),
    unseen("SHLD-10", "at least 3 repeats before it is told", "至少重传三次之后才通知", INSIDE),
    seen("SHLD-11", "at least 100 seconds before giving up", "至少一百秒之后才放弃", &["r2-give-up"]),
    seen("SHLD-12", "a keep-alive carries nothing", "保活报文段不带数据", &["ka-form"]),
    seen("SHLD-13", "no urgent data in new applications", "新应用程序不用紧急数据", &["hdr-urg"]),
    seen("SHLD-14", "a window does not shrink", "窗口不收缩", &["win-no-shrink"]),
    unseen("SHLD-15", "no new data into a shrunk window", "窗口收缩后不发新数据", SHRUNK),
    unseen("SHLD-16", "old data are repeated within it", "在收缩的窗口内重传旧数据", SHRUNK_REPEATS),
    partly("SHLD-17", "no giving up over data beyond it", "不因窗口外的数据而放弃", &["zw-persist-open"], SHRUNK),
    partly("SHLD-18", "ACKs are delayed", "延迟确认", &["ack-delay"], DELAYED),
    seen("SHLD-19", "an ACK for every second full segment", "每两个满报文段确认一次", &["ack-every-2"]),
    unseen("SHLD-20", "reports can be switched off", "可以关闭差错报告", INTERFACE),
    unseen("SHLD-21", "Diffserv can be changed later", "区分服务字段可中途改变", INTERFACE),
    unseen("SHLD-22", "Diffserv goes to IP unchanged", "区分服务字段原样交给 IP", INTERFACE),
    unseen("SHLD-23", "Diffserv stays the same", "区分服务字段保持不变", DIFFSERV),
    unseen("SHLD-24", "the latest source route counts", "以最后的源路由为准", SOURCE_ROUTE),
    unseen("SHLD-25", "the application hears of soft ICMP errors", "告知应用程序 ICMP 软错误", INTERFACE),
    seen("SHLD-26", "a hard ICMP error aborts", "ICMP 硬错误使连接中止", &["icmp-hard"]),
    unseen("SHLD-27", "PSH bits are put together", "合并连续的 PSH", QUEUE),
    unseen("SHLD-28", "segments as large as possible", "报文段尽可能大", QUEUE),
    seen("SHLD-29", "the first probe after the usual time-out", "首次探测在重传超时之后", &["zwp-backoff"]),
    seen("SHLD-30", "probes come ever more slowly", "探测间隔逐渐加长", &["zwp-backoff"]),
    partly("SHLD-31", "segments out of order are held", "保留乱序的报文段", &["fin-early"], HELD),
];
