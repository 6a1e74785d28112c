### 中文。用教科书术语；不用宽度有歧义的字符（箭头、省略号、破折号、弯引号、章节号）。
### 标识、状态名、规则名不翻译，不在此文件中。

## 短词

comma = ，
octets = { $count } 字节
frames = { $count } 帧
time-microseconds = { $count } 微秒
time-milliseconds = { $count } 毫秒
time-seconds = { $count } 秒

## 视图中的名称

handshake-three-way = 三次握手
handshake-simultaneous = 同时打开
handshake-fast-open = 快速打开
handshake-unanswered = 无应答
handshake-refused = 被拒绝
handshake-reset = 被复位
handshake-incomplete = 不完整
handshake-not-captured = 未捕获
handshake-stray = 无连接，被复位

close-normal = 正常关闭
close-simultaneous = 同时关闭
close-half = 半关闭
close-reset = 复位
close-none = 未关闭

first-a = A 先
first-b = B 先
first-both = 双方同时
by-a = 由 A
by-b = 由 B
by-both = 由双方

verdict-holds = 成立
verdict-broken = 不成立
verdict-undecided = 无法判定
verdict-not-applicable = 不适用
verdict-noted = 提示

severity-violation = 违规
severity-anomaly = 异常
severity-note = 提示

basis-sent = 已发出
basis-proved = 已证实
basis-presumed = 推定
basis-proved-by = 由第 { $frame } 帧证实
basis-proved-short = 第 { $frame } 帧证实
basis-retracted-by = 被第 { $frame } 帧撤回
basis-retracted-short = 第 { $frame } 帧撤回

ignored-damaged = 已损坏
ignored-not-acceptable = 不可接受
ignored-fragment = IP 分片
ignored-copy = 抓包产生的副本
ignored-broken = 违反规则
ignored-retransmission = 重传
ignored-late = 连接结束后才到
ignored-before-window = 接收方早已全部收到
ignored-beyond-window = 超出窗口
ignored-ack-beyond-sent = 确认了未捕获的内容
ignored-ack-too-old = 确认了早已过去的内容
ignored-ack-before-syn = 确认号小于 SYN 的序列号
ignored-no-ack = 没有 SYN、ACK 和 RST
ignored-syn-in-open-connection = 连接仍打开时的 SYN
ignored-unmatched-syn-ack = 未应答任何已捕获的 SYN
ignored-reset-not-exact = RST 的序列号不是下一个期望的序列号
ignored-reset-outside-window = RST 在窗口之外
kind-copy = 同一数据包再次出现
kind-retransmission = 重传
kind-retransmission-timeout = 重传：定时器超时
kind-retransmission-fast = 重传：对方要求
kind-retransmission-time-order = 重传：更晚发送的已到达
kind-retransmission-tail-probe = 重传：尾部丢失探测
kind-retransmission-timeout-or-tail-probe = 重传：超时或尾部丢失探测
kind-retransmission-too-big = 以更小的分组重传：某段链路容不下更大的
kind-retransmission-acknowledged = 重传，在此处看来已被确认
kind-late = 次序颠倒
kind-resent = 重传，首份未被捕获
kind-filling = 填补空缺：迟到或重传
kind-duplicate-ack = 重复确认
kind-window-update = 窗口更新
kind-keep-alive = 保活
kind-zero-window-probe = 零窗口探测

lost-kernel = 内核
lost-interface = 网卡
lost-unknown = 位置不明

## 状态变迁的原因

arc-F1 = 被动打开
arc-F2 = 主动打开，发送 SYN
arc-F3 = 监听时关闭
arc-F4 = 监听时有数据要发，发送 SYN
arc-F5 = 未等到应答就放弃
arc-F6 = 握手未完成就关闭，发送 FIN
arc-F7 = 主动关闭，发送 FIN
arc-F8 = 被动关闭，发送 FIN
arc-F9 = 异常终止，发送 RST
arc-F10 = 2MSL 已过
arc-F11 = 用户超时，放弃
arc-F12 = 重传未被确认的内容，状态不变
arc-F13 = 收到 SYN，发送 SYN-ACK
arc-F14 = 收到 SYN-ACK，发送 ACK
arc-F15 = 自己的 SYN 已发出时收到 SYN，同时打开
arc-F16 = 收到对自己 SYN 的 ACK
arc-F17 = 被动打开时收到 RST，回到监听
arc-F18 = 主动打开时收到 RST
arc-F19 = 收到对自己 SYN 的 RST
arc-F20 = 握手未完成就收到 FIN，发送 ACK
arc-F21 = 收到 FIN，发送 ACK
arc-F22 = 收到对自己 FIN 的 ACK
arc-F23 = 收到未确认自己 FIN 的 FIN，同时关闭
arc-F24 = 同时收到 FIN 和对自己 FIN 的 ACK，发送 ACK
arc-F25 = 收到 FIN，发送 ACK
arc-F26 = 收到对自己 FIN 的 ACK
arc-F27 = 收到对自己 FIN 的 ACK
arc-F28 = 再次收到 FIN，发送 ACK，重新计时
arc-F29 = 收到新连接的 SYN，发送 SYN-ACK
arc-F30 = 收到 RST
arc-F31 = 收到不得改变状态的报文段，发送 ACK，状态不变
arc-F32 = 收到窗口内的 SYN 或 RST，旧协议栈复位
arc-F33 = 在没有连接处收到报文段，发送 RST
arc-F34 = 再次收到 FIN，发送 ACK，状态不变
arc-F35 = 收到一个同时确认 SYN 和 FIN 的 ACK
arc-midstream = 抓包从这里开始，连接早已存在

## 状态

state-CLOSED = 没有连接：尚未建立，或已经结束。
state-LISTEN = 监听，等待任何一方的 SYN。
state-SYN-SENT = 已发出 SYN，等待对方的 SYN。
state-SYN-RECEIVED = 已收到 SYN 并发出自己的 SYN，等待对它的确认。
state-ESTABLISHED = 双方都知道对方的初始序列号：可以双向传送数据。
state-FIN-WAIT-1 = 主动关闭，已发出 FIN；等待对它的确认，或对方的 FIN。
state-FIN-WAIT-2 = 自己的 FIN 已被确认；仍可接收，等待对方的 FIN。
state-CLOSE-WAIT = 已收到 FIN；在应用程序关闭之前还可以发送。
state-CLOSING = 双方同时发出了 FIN；已确认对方的 FIN，等待对自己 FIN 的确认。
state-LAST-ACK = 已收到 FIN 并发出自己的 FIN，等待最后的确认。
state-TIME-WAIT = 一切已完成；等待 2MSL，以便最后一个 ACK 丢失时再次确认 FIN，并让旧报文段在网络中消失。

## 单个连接

story-head = { $file } 的第 { $conn } 个连接：共 { $count } 帧，第 { $first } 帧到第 { $last } 帧
story-around = 封装在 { $list } 之内
story-copies = 其中 { $count } 帧只是其他帧的副本（依据：{ $reasons }），不再显示
story-earlier = 接在同样两端的第 { $conn } 个连接之后：{ $how }（依据：{ $evidence }）
succession-port-reuse = 同样的端口再次使用
succession-reboot = 发起方已不记得前一个连接：它重新启动过，或其时间戳在每个连接中都重新开始
succession-nat-rebinding = 同一地址和端口之后换了另一台主机
succession-silence = 长时间静默之后，序列号与任何已知的都不相接
succession-untold = 无法判断原因
follows-closed = 前一个已关闭
follows-open = 前一个仍然打开
follows-same-syn = SYN 的样子相同
follows-clock-goes-on = 时间戳连续
follows-clock-starts-anew = 时间戳重新开始
follows-hop-limit-differs = 跳数限制不同
follows-mss-differs = MSS 不同
follows-window-scale-differs = 窗口扩大因子不同
follows-options-differ = 选项不同
follows-idle = 静默超过两小时
follows-numbers-unrelated = 序列号无关
story-vantage = 抓包点的大概位置：{ $place }（依据：{ $signs }）
vantage-on-a = A 的主机上
vantage-on-b = B 的主机上
vantage-on-both = 双方所在的同一台机器上
vantage-near-a = A 附近
vantage-near-b = B 附近
vantage-between = 两者之间，离哪一端都不近
vantage-unknown = 未知之处
sign-loopback = 双方地址相同，或为环回地址
sign-outgoing = 发出的帧 A { $a }、B { $b }
sign-incoming = 收到的帧 A { $a }、B { $b }
sign-passing = 经过的帧 A { $a }、B { $b }
sign-partial-checksums = 未完成的校验和 A { $a }、B { $b }
sign-super-segments = 超大报文段 A { $a }、B { $b }
sign-hop-limits = 跳数限制 A { $a }、B { $b }
sign-round-trips = 往返时间 到 A { $a }、到 B { $b }
story-offload = 留给网卡处理，并非错误：超大报文段 { $supers } 个，未完成的校验和 { $partials } 个
story-client = 客户端
story-server = 服务端
story-opens-too = 与对方同时打开
story-sent = 发送 { $count } 字节
story-ladder = 梯形图
story-findings = 问题
story-transitions = 状态变迁
story-end = 抓包结束时的状态
story-equations = 等式
story-proven = 已证实，别无可能
story-untold = 本连接另有 { $count } 个报文段未列出：只列出前 { $kept } 个

## 列标题

column-likely = 最可能
column-possible = 从报文段看的可能状态
column-silent = 若有未见的动作，还可能

column-frame = 帧
column-seconds = 秒
column-cause = 原因
column-cause-basis = 原因（依据）
column-basis = 依据
column-rule = 规则
column-rule-clause = 规则，条款
column-equation = 等式
column-verdict = 结论
column-clause = 条款
column-step = 步骤
column-flags = 标志

## 连接列表

list-number = 号
list-frames = 帧数
list-handshake = 握手
list-close = 关闭
list-segments = 次数，哪方
list-state-a = A 的状态
list-state-b = B 的状态
list-finding = 最严重的问题
list-found = { $rule }，第 { $frame } 帧
list-legend = { $holds } 成立   { $broken } 不成立、违规   ! 异常   ? 无法判定   i 提示   - 不适用
list-more = 另有 { $count } 个连接未列出，都不比以上更严重；用 --all 全部列出
list-empty = 没有 TCP 连接

## 每条规则的统计

rules-title = 规则：共 { $all } 条，其中 { $spoke } 条给出过结论
rules-all = 其余规则从未适用；用 --rules=all 全部列出

## 变迁、等式、问题

transitions-none = 没有状态变迁：没有报文段显示出状态
transitions-before = 第一个报文段之前
transitions-cause = { $cause }（{ $basis }）
equations-none = 没有等式：握手和关闭都未捕获
findings-none = 没有发现问题
finding-head = { $severity }：{ $rule }，第 { $frame } 帧，{ $peer } 发送，{ $cite }
finding-head-about = { $severity }：{ $rule }，第 { $frame } 帧，关于 { $peer }，{ $cite }
finding-head-icmp = { $severity }：{ $rule }，第 { $frame } 帧的 ICMP 差错，关于 { $peer } 的报文段，{ $cite }
finding-undecided = { $severity }（无法判定）
finding-demand = 要求
finding-expected = 应为
finding-found = 实为
finding-why = 原因
finding-evidence = 依据帧
finding-again = 又见于帧
finding-frames-more = { $frames } 及另外 { $more } 帧
column-shown-by = 依据帧

## 梯形图

ladder-empty = 没有报文段
ladder-self = A 与自己相连：自己发送，自己接收
ladder-about = { $rule }，关于 { $peer }
ladder-retracted = { $peer } 处于 { $state }：被第 { $frame } 帧撤回
ladder-ignored = 不改变状态：{ $reason }
ladder-folded = 已折叠 { $count } 个报文段
ladder-folded-a = A 发送 { $octets } 字节
ladder-folded-b = B 发送 { $octets } 字节
ladder-folded-all = ；用 --unfold 全部显示

## 抓包

capture-frames = { $file }：读取 { $read } 帧 = 已分析 { $analysed }（TCP { $tcp }，UDP { $udp }）+ 既非 TCP 也非 UDP { $other } + 无法解码 { $undecodable }
capture-found = { $connections } 个 TCP 连接，{ $conversations } 个 UDP 会话
udp-untold = 另有 { $count } 个 UDP 会话未显示；--format jsonl 给出全部
capture-other = 既非 TCP 也非 UDP：{ $reasons }
capture-undecodable = 无法解码：{ $reasons }
capture-copies = 有 { $count } 个 TCP 报文段只是另一帧的副本（依据：{ $reasons }）：只计数，不重复分析
copies-routed = 跳数限制
copies-encapsulation = 标签或隧道
copies-interface = 接口
copies-direction = 方向
copies-identification = IP 标识
copies-too-soon = SYN 在任何定时器到期之前再次出现
copies-tap-doubles = 该抓包点把所有报文都抓了两次
capture-stepped = { $count } 帧的时间戳比更早的帧早 100 ms 以上：时钟被调回，或文件次序不是线路上的次序；取决于时间的结论为无法判定，各帧按文件中的次序判断（"reordercap" 可按时间排序）
capture-unstamped = { $count } 帧没有时间：文件没有说它们何时到达；取决于时间的结论为无法判定
capture-lost = 读取之前丢失的帧：{ $places }
capture-lost-untold = 读取之前丢失的帧：抓包没有记录
capture-lost-means = 依赖于丢失帧的结论为无法判定，而不是不成立
capture-late = { $count } 帧在连接报告之后才到，属于已关闭的连接
capture-left-out = --only 略去了 { $count } 个连接；它们同样经过判断并计入统计
capture-forgotten = { $count } 个连接因空间不足被提前遗忘；详见 --stats
capture-damage = 读取提前停止：{ $damage }

## 上限

bounds-title = 上限
bounds-bound = 限制的对象和理由
bounds-what = { $bound }：{ $why }
bounds-most = 上限
bounds-reached = 达到
bounds-forgotten = 遗忘
bounds-means = 针对每个连接的上限，遗忘一栏是达到上限的连接数。可能受遗忘影响的结论为无法判定。
bound-record-octets = 文件中单个记录或块的字节数
bound-why-record-octets = 是常用截取长度的 64 倍；更长即视为损坏，读取到此为止
bound-packings = 层层嵌套的压缩
bound-why-packings = 每层解压占用不超过 128 MiB；压缩次数更多的文件拒绝读取
bound-interfaces = 文件一个段中的接口数
bound-why-interfaces = 16 位所能编号的数目；再多一个即视为损坏，读取到此为止
bound-open-files = 同时打开的文件数
bound-why-open-files = 每个占 256 KiB 和一个描述符；等待打开的文件，其包会晚到
bound-open-connections = 尚未得知已结束的连接
bound-why-open-connections = 每个至多 6 KiB；听到的一方最少者先走，其次是沉默最久者
bound-whole-attempts = 完整保留的连接尝试
bound-why-whole-attempts = 即使在洪泛中也比应答所需的时间长；更早的缩为一条记录
bound-attempts = 缩为记录的连接尝试
bound-why-attempts = 每条约 400 字节，足以容纳对大网络的扫描；最早者先走
bound-closed-connections = 完整保留的已关闭连接
bound-why-closed-connections = 留给 2 MSL 之内的迟到报文；更早的提前报告
bound-closed-records = 已关闭连接的记录
bound-why-closed-records = 每条 64 字节，使迟到的报文段不会打开新连接；最早者先走
bound-conversations = UDP 会话
bound-why-conversations = 每个约 400 字节，沉默最久者提前报告
bound-waiting-octets = 等待起因的报文段的字节数
bound-why-waiting-octets = 高速链路上的一毫秒；再多时，最先者按抓到的次序继续
bound-waiting-segments = 一个连接中等待起因的报文段
bound-why-waiting-segments = 一个队列不会比另一个超前更多；再多时，最先者按抓到的次序继续
bound-remembered-segments = 为发现副本而记住的报文段
bound-why-remembered-segments = 每秒一百万个时的 5 毫秒；总是满的，后来者覆盖
bound-fragmented-datagrams = 不完整的数据报
bound-why-fragmented-datagrams = Linux 所保留的四倍；最早者先走，按帧计数
bound-fragment-octets = 不完整数据报的字节数
bound-why-fragment-octets = Linux 所保留的四倍；最早者先走，按帧计数
bound-hosts = 记住其校验和的主机
bound-why-hosts = 据此区分损坏的报文段和由网卡填写校验和的报文段；最久未出现者先走
bound-encapsulations = 相互区分的封装
bound-why-encapsulations = 比任何网络都多；其余的视为同一种
bound-layers = 层层嵌套的标签和隧道
bound-why-layers = 再多就是攻击或环路；这样的帧无法解码
bound-kinds = 按名称计数的帧的种类
bound-why-kinds = 一页仍能显示；其余的合并计数
bound-transitions = 每个连接的状态转换
bound-why-transitions = 漫长的一生也只有三十次；中间的略去
bound-findings = 每个连接的发现
bound-why-findings = 每一种都可多次出现；违规先于备注保留
bound-equations = 每个连接的等式
bound-why-equations = 握手和关闭的每一步都可数次出现
bound-questions = 每个连接未决的问题
bound-why-questions = 同时未决的很少；再多的立即成为无法判定
bound-candidates = 一次尝试的 SYN
bound-why-candidates = 发起方重试六次；再多时最早者先走
bound-challengers = 进入已打开连接的 SYN
bound-why-challengers = 其中任何一个都可能打开下一个连接；再多时最早者先走
bound-icmp-errors = 每个连接的 ICMP 差错
bound-why-icmp-errors = 全部判断，只列出最先的
bound-held-breaches = 每个连接存疑的违规
bound-why-held-breaches = 接收方是否拒收很快见分晓；再多的为无法判定
bound-syn-variants = 每一方不同的 SYN
bound-why-syn-variants = 发起方分两三步退让；再多时违规为无法判定
bound-syn-stamps = 每一方 SYN 的时间戳
bound-why-syn-stamps = 同时在途的不过几个；再多时违规为无法判定
bound-islands = 缺口之后已捕获的区段
bound-why-islands = 每个缺口一个，缺口如此之多的窗口已无意义；再多时，最低的缺口是否填补无法判定
bound-outstanding = 尚未确认的字节区间
bound-why-outstanding = 多数路径上在途的数量；再多时最新的合为一个，重传的判断较粗
bound-sack-blocks = 每一方选择确认的块
bound-why-sack-blocks = 一个确认至多带四个；再多时最早者先走
bound-doubtful-frames = 每一方字节可能被拒收的帧
bound-why-doubtful-frames = 伪造者在真正的发送方继续之前发不了几个；再多时违规为无法判定
bound-resets = 每个连接的 RST
bound-why-resets = 第一个说明原因，其余多为回响；全部判断
bound-challenges = 每个连接被挑战的报文段
bound-why-challenges = 最先的用于解释；全部判断

## 实时抓包

live-moved = { $peer }：{ $moved }，{ $cause }（第 { $frame } 帧）
live-taken-back = { $peer }：被第 { $by } 帧撤回：{ $moved }（第 { $frame } 帧）
live-numbers = 应为 { $expected }，实为 { $found }
live-began = 正在 { $interface }（{ $link }）上抓包
live-began-filter = ，过滤条件 "{ $filter }"
live-began-end = ；按 Ctrl-C 结束并报告
live-counters = { $interface }：读取 { $read } 帧，内核中通过过滤 { $received } 帧；内核丢弃 { $kernel }，网卡丢弃 { $driver }
live-unknown = 未知
live-buffer = 后端 { $backend }：内核缓冲区 { $granted }，每帧最多保留 { $snap } 字节
live-buffer-less = 后端 { $backend }：内核缓冲区 { $granted }，少于所要求的 { $asked }；每帧最多保留 { $snap } 字节
live-received = 内核中通过过滤 { $received } 帧，包括被丢弃的和结束之后才到的
live-stamps-kernel = 每一帧的时间都由内核在收到时记录
live-stamps-mixed = 由内核记录时间 { $kernel } 帧；读取时才记录时间 { $clock } 帧
live-limits-pcap = 无从得知：丢失的是哪些帧，只知道有多少
live-limits-raw = 无从得知：网卡或其驱动丢弃了多少；按 VLAN 标签过滤时，看不到已被内核取下的标签
live-saved = 已保存到 { $file }

## 运行的命令
run-ended = { $command }：结束，退出码 { $code }
run-ended-by-signal = { $command }：被 { $signal } 终止
run-net-private = 它有自己的网络：只有一个环回接口，别无其他
run-net-host = 它使用本机的网络
run-kept = 所见 { $all } 条 TCP 连接中有 { $kept } 条属于它；共查看其各进程的套接字 { $looks } 次
run-forgotten = 因空间不足遗忘了 { $count } 个套接字：其后才报告的连接不在其中
run-missed = 可能缺少：只存在于两次查看之间的连接，两次查看最多相隔 { $longest }；不含 UDP

## 网络接口

interfaces-index = 号
interfaces-name = 名称
interfaces-state = 状态
interfaces-link = 链路类型
interfaces-link-unknown = 未知
interfaces-addresses = 地址
interfaces-capture = 可否抓包
interfaces-lack = 不能抓包：{ $found }；{ $remedy }
interfaces-type = 输入 `synfin live -i { $name }` 开始抓包
interface-state-running = 运行
interface-state-up = 启用，无载波
interface-state-down = 停用
may-capture-yes = 可以
may-capture-no = 不可以
may-capture-down = 启用后可以

## UDP

udp-head-one = UDP，第 { $first } 帧：A { $a }，B { $b }
udp-head = UDP，第 { $first } 帧到第 { $last } 帧：A { $a }，B { $b }
udp-sent = { $from } 向 { $to } 发送 { $count } 个数据报，共 { $octets } 字节
udp-errors = { $peer } 的数据报引起 { $count } 个 ICMP 差错
udp-icmp = { $count ->
    [1] 第 { $frame } 帧：ICMP { $kind }
   *[other] ICMP { $kind } 共 { $count } 次，首次在第 { $frame } 帧
}
udp-unanswered = 没有捕获到 { $peer } 的数据报
udp-answered = 首个应答在前一数据报之后 { $after }（第 { $frame } 帧）
udp-silence = 最长静默 { $lasting }，在第 { $from } 帧与第 { $to } 帧之间
udp-nothing-shows = UDP 没有握手，也没有确认：只管发送数据，UDP 本身不显示对方是否收到。
udp-reply = B 发回了数据报，所以 A 发送的数据报很可能至少有一个已到达：只有 B 的应用程序才能应答。
udp-no-reply = 没有发回数据报，也没有 ICMP 差错。是否到达无从得知：只接收不应答的一方，与什么都没收到的一方，看上去一样。
udp-nobody-listens = 无人接收：第 { $frame } 帧的 ICMP 端口不可达说明，有数据报到达了 B 的主机，但没有套接字绑定该端口。
udp-some-refused = 第 { $frame } 帧的 ICMP 端口不可达说明，至少有一个数据报到达时没有套接字绑定该端口。

## ICMP 差错

icmp-net-unreachable = 网络不可达
icmp-host-unreachable = 主机不可达
icmp-protocol-unreachable = 协议不可达
icmp-port-unreachable = 端口不可达
icmp-too-big = 分组太大
icmp-source-route-failed = 源路由失败
icmp-prohibited = 被禁止
icmp-unreachable = 目的不可达
icmp-source-quench = 源抑制
icmp-redirect = 重定向
icmp-time-exceeded = 超时
icmp-parameter-problem = 参数问题
icmp-other = 差错
ladder-icmp = ICMP { $kind }
ladder-icmp-from = 来自 { $from }，引用 seq={ $seq }：{ $fit }
ladder-icmp-mtu = 下一链路最多 { $mtu } 字节
ladder-icmp-may-close = { $to } 可能放弃：可能已 CLOSED
icmp-fit-in-flight = 在途
icmp-fit-at-next = 等于 SND.NXT，纯 ACK 即在此处
icmp-fit-acknowledged = 此前已被确认
icmp-fit-not-sent = 超出所有已捕获的序列号
icmp-fit-unknown = 无法判断是否在途

## 解释一条连接

story-account = 为何如此
kind-syn = SYN
kind-syn-ack = SYN-ACK
kind-data = 数据
kind-fin = FIN
kind-ack = ACK
kind-no-ack = 无 ACK 的报文段
challenge-reset = RST
challenge-syn = SYN
account-state-unknown = 未知状态
account-refused = { $from } 在 SYN 之后 { $after } 以 RST 拒绝（第 { $frame } 帧）。
account-refused-icmp = { $from } 在 SYN 之后 { $after } 以 ICMP 差错（{ $kind }）拒绝（第 { $frame } 帧）。
account-refused-by-host = 这是被呼叫的主机自己说的。
account-refused-between = 该地址在双方之间：很可能是路由器或防火墙。
account-reset = 第 { $frame } 帧是 { $peer } 的 RST（{ $peer } 当时处于 { $state }），距 { $other } 的 { $kind }（第 { $after } 帧）{ $time }；{ $other } 当时处于 { $other-state }。
account-reset-alone = 第 { $frame } 帧是 { $peer } 的 RST（{ $peer } 当时处于 { $state }）；{ $other } 当时处于 { $other-state }。
account-more-resets = 其后还有 { $count } 个 RST
account-fit-exact = 它有效：序列号正是接收方期望的下一个。
account-fit-exact-if-all-arrived = 若此前发送的都已到达，它就有效：其序列号正是接收方期望的下一个。
account-fit-possible = 是否有效无法判断：接收方期望的下一个序列号只知道在一个区间内。
account-fit-in-window = 它无效：在窗口内，但不在左边缘，只引出挑战 ACK，不复位连接。
account-fit-outside = 它无效：序列号在窗口之外，被丢弃，不复位连接。
account-fit-sender-only = 它不复位接收方，但说明发送方没有这条连接。
account-likely-no-listener = 很可能该端口无人监听。代主机应答的防火墙看上去也一样。
account-likely-gave-up-opening = { $peer } 不要这个应答。很可能它已放弃打开（端口扫描即如此），或者那个 SYN 是旧的重复报文或伪造的。
account-likely-unknown-syn-ack = 很可能 { $peer } 从未发过这里被应答的 SYN：那是旧的重复报文，或是伪造的。
account-likely-went-on = { $peer } 此后照常发送，如同没有发过。很可能它是伪造的，或由中间设备所发。
account-likely-middlebox = 很可能不是 { $peer }，而是中间设备（如防火墙）所发：跳数限制为 { $hop }，而 { $peer } 自己的报文段为 { $usual }。
account-likely-ends-time-wait = 它提前结束 { $other } 的 TIME-WAIT，除非对方在此状态忽略 RST（RFC 1337）。
account-likely-never-had = { $peer } 从未显示有过这条连接。很可能从未有过，例如扫描发出的 ACK。
account-likely-no-connection = 其序列号是 { $other } 的确认号，如同没有这条连接的主机的应答。很可能 { $peer } 曾崩溃、重启或丢弃了它（半打开）；伪造的 RST 也可能如此。
account-likely-ended-before = 连接此前已被复位，{ $peer } 不再有这条连接，只是应答仍然到来的报文段。
account-likely-closed-no-reader = 数据在 { $peer } 关闭之后到达。很可能其应用程序已关闭两个方向，无人能读。
account-likely-closed-gone = { $peer } 此前已关闭，不再保留这条连接，只是应答仍然到来的报文段。
account-likely-timed-out = { $peer } 已发送 { $count } 个报文段而无应答。很可能它已放弃：保活或用户超时。
account-likely-fast-close = 它带有 MP_FASTCLOSE：MPTCP 立即关闭整个连接。
account-likely-unread-data = 它带确认号，如应用程序中止时那样。很可能 { $peer } 关闭时 { $other } 的数据尚未读取，或 linger 时间为 0。
account-likely-abort = 它不是对任何已捕获报文段的应答。很可能是应用程序中止：以 linger 时间 0 关闭，或进程被终止。
account-challenge = 第 { $frame } 帧的 { $cause } 引出 { $other } 的挑战 ACK（第 { $answer } 帧）；状态不变。
account-challenge-reset = 第 { $frame } 帧的 { $cause } 引出 { $other } 的挑战 ACK（第 { $answer } 帧）；第 { $reset } 帧来了序列号与之相符的 RST。很可能 { $peer } 已没有连接；能监听的伪造者也做得到。
account-challenge-none = 第 { $frame } 帧的 { $cause } 应引出 { $other } 的挑战 ACK，但未捕获到。挑战 ACK 有速率限制。
account-icmp = { $from } 以 ICMP 告知 { $to }：{ $kind }（第 { $frame } 帧）。
account-icmp-not-in-flight = 它引用的序列号不在途：{ $to } 必须不予理会（RFC 5927）。很可能是迟到的或伪造的。
account-icmp-at-next = 它引用下一个序列号，纯 ACK 即在此处：RFC 5927 不予理会，Linux 则理会。
account-icmp-unknown = 无法判断它引用的报文段是否在途。
account-icmp-soft = 它可能是暂时的：连接必须继续。
account-icmp-may-close = { $to } 处于 { $state }，可能已放弃：可能已 CLOSED。
account-icmp-hard-late = 它是持久的，但 { $to } 处于 { $state }：主机只在连接同步之前理会它（RFC 5461）。
account-icmp-mtu = 下一链路最多 { $mtu } 字节：{ $to } 此后应发送更小的分组。
account-icmp-mtu-untold = { $to } 此后应发送更小的分组；它没有说多大。
account-icmp-void = 应丢弃（RFC 9293，MUST-55）。
account-icmp-unspoken = RFC 9293 没有规定主机如何处理；Linux 只在连接同步之前理会它。
account-unanswered = { $peer } 最后 { $count } 个需要应答的报文段，{ $other } 在 { $time } 内都没有应答。很可能 { $other } 或通往它的路径已中断，或应答走了另一条路。
account-missing-direction = 没有捕获到 { $peer } 发送的任何内容：它走了另一条路，或捕获只看到一个方向。{ $peer } 做了什么无法判定。
account-missing-syn = 没有捕获到 { $peer } 的 SYN：{ $letter } = { $iss } 由第 { $frame } 帧的 SYN-ACK 所确认的推出。若该 SYN 带有数据，则实际更小。
account-missing-octets = 第 { $frame } 帧确认了 { $peer } 的一些字节，而捕获中没有它们：捕获有缺失，依赖于它们的结论无法判定。
account-missing-perhaps = { $peer } 的字节中同时存在的空缺多于所能记住的，第一个在第 { $frame } 帧之前：是否全部填补无从得知，依赖于它们的结论无法判定。
account-lingers = { $peer } 自第 { $frame } 帧起处于 { $state }，到抓包结束已 { $time }。
account-lingered = { $peer } 处于 { $state } { $time }，从第 { $frame } 帧到第 { $until } 帧。
account-close-wait = 它已确认 { $other } 的 FIN，但应用程序尚未关闭。很可能还在工作，或忘记关闭。
account-fin-wait-2 = 它已关闭，等待 { $other } 的 FIN。若其应用程序已关闭两个方向，Linux 最多等 60 秒。
account-time-wait = { $peer } 自第 { $frame } 帧起处于 TIME-WAIT：观察到 { $time }。
account-time-wait-ended = { $peer } 处于 TIME-WAIT { $time }，从第 { $frame } 帧到第 { $until } 帧。
account-reuse = 连接 { $conn } 用的是同样的地址和端口。第 { $frame } 帧的 SYN 到来时，接收方处于 { $state } 已 { $time }。
account-reuse-untimed = 连接 { $conn } 用的是同样的地址和端口；第 { $frame } 帧的 SYN 打开下一条。
account-ground-free = 没有什么禁止：接收方不在 TIME-WAIT。
account-ground-timestamp = 在 TIME-WAIT 中这是允许的：时间戳 { $stamp } 晚于此前最后的 { $last-stamp }（RFC 6191）。
account-ground-number = 在 TIME-WAIT 中这是允许的：序列号 { $iss } 大于此前最后的 { $last }（RFC 6191）。
account-ground-waited = 这是允许的：2 MSL 已过。
account-ground-none = 在 TIME-WAIT 中，序列号（{ $last } 之后 { $iss }）与时间戳（{ $last-stamp } 之后 { $stamp }）都不允许（RFC 6191）。
account-ground-was-open = 旧连接尚未关闭。很可能发送方已重启，或地址转换设备把端口给了另一台主机。
account-ground-unknown = 是否允许无法判断。
option-window-scale = 窗口扩大
option-sack = 选择确认
option-timestamps = 时间戳
option-fast-open = 快速打开
option-mptcp = MPTCP
option-ecn = ECN
account-agreed = 双方都提供，因此可用：{ $list }。
account-offered-alone = 只有 { $peer } 提供：{ $list }。
account-offered-untold = { $peer } 提供：{ $list }。另一方的 SYN 没有捕获到，因此双方可用哪些无从得知。
account-mptcp = 这是一个 MPTCP 连接的一条子流。
account-fast-open-asked = SYN 请求快速打开的 cookie。
account-fast-open-granted = SYN 请求快速打开的 cookie，SYN-ACK 给出一个供下次使用。
account-fast-open-not-granted = SYN 请求快速打开的 cookie，SYN-ACK 没有给出。
account-fast-open-unasked = SYN-ACK 给出快速打开的 cookie，但没有捕获到请求它的 SYN。
account-fast-open-tried = SYN 带有快速打开的 cookie 和数据。
account-fast-open-taken = SYN 带有快速打开的 cookie 和数据，SYN-ACK 确认了数据：快速打开成功。
account-fast-open-renewed = SYN 带有快速打开的 cookie 和数据；SYN-ACK 没有确认数据，并给出新的 cookie：旧的已失效，数据重新发送。
account-fast-open-declined = SYN 带有快速打开的 cookie 和数据；SYN-ACK 没有确认数据，数据重新发送：cookie 无效，或监听方不使用快速打开。
account-fast-open-cookie = SYN 带有快速打开的 cookie，没有数据。
account-fast-open-given-up = 带快速打开的 SYN 没有得到应答，重发时不再带它：途中设备可能丢弃了它。
account-fast-open-data-taken = SYN 不用快速打开而带有数据，SYN-ACK 确认了数据。
account-fast-open-data-left = SYN 不用快速打开而带有数据；SYN-ACK 没有确认数据，数据重新发送。
account-timestamps-not-agreed = { $peer } 发送了并非双方都提供的时间戳（首次在第 { $frame } 帧）。
account-timestamps-left-out = { $peer } 省略了双方都提供的时间戳（首次在第 { $frame } 帧）。
account-sack-not-permitted = { $peer } 使用了对方未允许的选择确认（首次在第 { $frame } 帧）。
short-refused = 被 { $from } 拒绝（第 { $frame } 帧）
short-refused-icmp = 被来自 { $from } 的 ICMP 拒绝（第 { $frame } 帧）
short-reset = 第 { $frame } 帧 { $peer } 的 RST：很可能{ $likely }
short-unanswered = { $peer } 最后 { $count } 个报文段在 { $time } 内无应答
short-lingers = { $peer } 自第 { $frame } 帧起停留在 { $state }，{ $time }
short-half-close = 半关闭：{ $peer } 的 FIN 之后，{ $other } 在 { $time } 内又发送 { $count } 字节
short-conn = { $conn }：{ $text }
short-likely-no-listener = 无人监听
short-likely-gave-up-opening = 已放弃打开
short-likely-unknown-syn-ack = 从未发过那个 SYN
short-likely-went-on = 是伪造的，发送方仍在发送
short-likely-middlebox = 是中间的防火墙所发
short-likely-ends-time-wait = 结束了 TIME-WAIT
short-likely-never-had = 从未有过这条连接
short-likely-no-connection = 已不知道这条连接（半打开）
short-likely-ended-before = 应答复位之后才到的报文段
short-likely-closed-no-reader = 已关闭，无人读取
short-likely-closed-gone = 已关闭，不再保留连接
short-likely-timed-out = 因无应答而放弃
short-likely-fast-close = MPTCP 快速关闭
short-likely-unread-data = 关闭时数据未读，或 linger 为 0
short-likely-abort = 应用程序中止

## 教科书：握手

book-handshake-three-way = 三次握手
book-handshake-simultaneous = 同时打开
book-handshake-fast-open = 三次握手，SYN 携带数据（TCP 快速打开）
book-handshake-unanswered = 无人应答的握手
book-handshake-refused = 被拒绝的握手
book-handshake-reset = 被复位中断的握手
book-handshake-incomplete = 不完整的握手
book-handshake-not-captured = 未捕获握手
book-handshake-stray = 没有连接

book-client = { $peer } 是客户端：{ $address }
book-server = { $peer } 是服务端：{ $address }
book-peer = { $peer }：{ $address }
book-iss = 初始序列号 { $letter } = { $iss }

book-shake-1 = 第一次握手
book-shake-2 = 第二次握手
book-shake-3 = 第三次握手
book-shake-reset = 复位

book-handshake-text-three-way = SYN 要消耗掉一个序列号，所以双方的确认号都应是对方的初始序列号加一。
book-handshake-text-simultaneous = 双方都在收到对方的 SYN 之前发出了 SYN，各自再以 SYN 和对对方的 ACK 作答：四个报文段，一个连接，没有服务端。
book-handshake-text-fast-open = SYN 携带了数据；对它的确认号可以大于 x+1。
book-handshake-text-unanswered = SYN 已发出，没有任何应答：丢失、被过滤，或对方不存在。
book-handshake-text-refused = B 的端口无人监听：B 的主机以 RST 应答 SYN，其 ack = x+1 指明拒绝的是哪个 SYN。
book-handshake-text-reset = 连接建立之前，其中一方将其复位。
book-handshake-text-incomplete = 握手的各个步骤没有全部捕获。
book-handshake-text-self = 套接字与自己相连：发出的 SYN 就是收到的 SYN，如同同时打开，两个方向共用一个序列号空间。
book-handshake-not-captured-text = 抓包从连接中途开始：初始序列号未知，以下序列号均为报文中的原值。
book-handshake-stray-text = 另一方只以 RST 应答：它没有这个连接，至多在监听（RFC 9293 第 3.10.7 节）。发来的报文段可能属于它已丢失的连接，也可能是旧的副本、扫描或他人伪造。
book-handshake-verdict = 整个握手：{ $verdict }。原因见等式和问题。

## 教科书：握手的意义

book-meaning = 握手的意义
meaning-how-to-read = 报文段到达之后，谁知道这项能力正常：
meaning-arrived = 到达
meaning-a-sends = A 发送
meaning-b-receives = B 接收
meaning-b-sends = B 发送
meaning-a-receives = A 接收
meaning-shown = 由何显示
meaning-step = { $name }，第 { $frame } 帧
meaning-frame = 第 { $frame } 帧
meaning-nothing = 尚无
meaning-text-1 = 第一次握手：SYN 到达后，B 知道 A 的发送能力、B 的接收能力正常。此时 A 还什么都不知道。
meaning-text-2 = 第二次握手：SYN-ACK 到达后，A 四项都知道：它应答的正是 A 的 SYN，所以 A 的发送、B 的接收正常；它能到达，所以 B 的发送、A 的接收正常。此时 B 还不能确认 A 的接收能力是否正常。
meaning-text-3 = 第三次握手：ACK 到达后，B 也四项都知道：自己的发送、A 的接收也正常。所以两次握手不够，四次握手没有必要。

## 教科书：挥手

book-close-four = 四次挥手
book-close-three = 四次挥手，第二、三次合并，共三个报文段
book-close-normal = 挥手
book-close-simultaneous = 同时关闭
book-close-half = 半关闭
book-close-reset = 复位
book-close-refused = 没有挥手
book-close-none = 没有挥手

book-close-client-first = { $first }（客户端）主动关闭，{ $second }（服务端）被动关闭。
book-close-server-first = { $first }（服务端）主动关闭，{ $second }（客户端）被动关闭。
book-close-first = { $first } 主动关闭，{ $second } 被动关闭。

book-wave-1 = 第一次挥手
book-wave-2 = 第二次挥手
book-wave-3 = 第三次挥手
book-wave-4 = 第四次挥手
book-wave-2-3 = 第二、三次
book-wave-fin = FIN
book-wave-ack = ACK
book-wave-reset = 复位

book-close-text-four = FIN 要消耗掉一个序列号，所以 { $second } 的确认号应是 u+1，{ $first } 的确认号应是 w+1。两个方向分别关闭，各需一个 FIN 和一个 ACK。
book-close-text-three = FIN 要消耗掉一个序列号。{ $second } 用携带自己 FIN 的同一个报文段确认 u+1；{ $first } 从 FIN-WAIT-1 直接进入 TIME-WAIT，不经过 FIN-WAIT-2。
book-close-text-normal = FIN 要消耗掉一个序列号，所以双方的确认号都应是对方 FIN 的序列号加一。
book-close-text-simultaneous = 双方都在收到对方的 FIN 之前发出了 FIN：两个 FIN 都没有确认对方的 FIN（确认号还不是 u+1 或 w+1）。双方都是主动关闭，都经过 CLOSING，最后都进入 TIME-WAIT。
book-close-text-half = { $first } 已关闭自己的方向：不再发送，但仍可接收。{ $second } 尚未关闭，还可以继续发送。
book-close-text-reset = { $first } 复位了连接。RST 立即终止两个方向：不需要确认，途中的数据丢失。
book-close-text-refused = 连接没有建立，无需关闭。
book-close-text-none = 没有捕获 FIN 或 RST：抓包结束时连接仍然打开。

book-u-and-w = u = { $u }：{ $first } 的 SYN 消耗一个序列号，数据消耗 { $octets-first } 个。w = { $w }：{ $second } 的 SYN 消耗一个序列号，数据消耗 { $octets-second } 个。
book-v-is-w = v = w：{ $second } 在 ACK 与 FIN 之间没有发送数据，而 ACK 不消耗序列号。
book-v-to-w = w = v + { $count }：{ $second } 在 ACK 与 FIN 之间又发送了 { $count } 字节。
book-half-closed = { $count ->
    [0] 半关闭：{ $first } 的 FIN（第 { $frame } 帧）之后，{ $second } 没有再发送数据。
   *[other] 半关闭：{ $first } 的 FIN（第 { $frame } 帧）之后，{ $second } 又发送了 { $count } 字节。这是允许的：FIN 只关闭一个方向。
}
book-half-closed-for = { $first } 的半关闭历时 { $time }。
book-close-verdict = 整个关闭过程：{ $verdict }。原因见等式和问题。

## 教科书：为什么是四次

book-why-four = 挥手为什么需要四次
book-why-three = 为什么只有三个报文段
book-why-simultaneous = 为什么是同时关闭
why-four = FIN 只表示 { $first } 没有数据要发送了。{ $second } 可能还有：它的 TCP 先回复 ACK，而只有它的应用程序才能关闭连接。
why-ack-delayed = { $second } 在 { $wait }后确认：延迟确认定时器（Linux 至少 40 毫秒）在应用程序关闭之前到期，所以 ACK 单独发出。
why-ack-on-data = { $second } 在 { $wait }后确认：ACK 由它尚需发送的数据捎带。
why-ack-at-once = { $second } 在 { $wait }后确认：立即确认，没有等待 FIN 来捎带 ACK。
why-ack-after = { $second } 在 { $wait }后确认，包括路途时间。
why-way = 其中 { $way }是到 { $second } 的往返时间：它在此抓包中最快的应答用时如此。
why-fin-later = { $second } 的 FIN 在该 ACK 之后 { $more }才发出：这时应用程序才已关闭、数据才已发完。
why-three = { $second } 的 FIN 在 { $first } 的 FIN 之后 { $wait }到来：同一个报文段既携带对该 FIN 的 ACK，又携带自己的 FIN。
why-merged-fast = 这早于延迟确认定时器到期（Linux 至少 40 毫秒），所以没有单独的 ACK。
why-merged-slow = 这段时间内没有单独的 ACK：要么 ACK 延迟了这么久，要么没有被捕获。
why-three-legal = 这与四个报文段同样合法：RFC 9293 图 5 注 2。应用程序很快关闭时，Linux 总是如此。
why-simultaneous = 两个 FIN 的捕获时间相差 { $wait }，短于一个往返时间，所以各自发出时对方的 FIN 都还没有到达。起决定作用的不是先后次序，而是它们的确认号。

## 教科书：TIME-WAIT

book-time-wait = TIME-WAIT 持续多久，为什么
book-no-time-wait = 为什么没有 TIME-WAIT
time-wait-holds = { $peer } 从第 { $frame } 帧起处于 TIME-WAIT。
time-wait-holds-until = { $peer } 从第 { $frame } 帧（开始后 { $since } 秒）起处于 TIME-WAIT；按 RFC 9293 到 { $rfc } 秒为止，若为 Linux 则到 { $linux } 秒为止。
time-wait-msl = 持续 2MSL，即报文段最长寿命的两倍。RFC 9293 取 MSL 为 2 分钟，共 240 秒；Linux 等待 60 秒。
time-wait-last-ack = 最后一个 ACK 可能丢失，而 ACK 本身没有人确认。这时 { $other } 会重传 FIN，必须有人还在，才能再次确认。
time-wait-old-segments = 本连接迟到的报文段必须先在网络中消失，同样的地址和端口才能再次使用，否则新连接可能把它们当作自己的。
time-wait-other = { $other } 不必等待：收到对自己 FIN 的 ACK，就知道一切已经完成。
time-wait-nobody = 复位之后 Linux 不进入 TIME-WAIT：没有可能丢失的最后一个 ACK。按 RFC 9293（图 5 注 3），为防旧报文段，发出复位的一方应当等待。

## 教科书：UDP 与结论

book-udp = UDP：只管发送
book-verdict-clean = 结论：握手{ $handshake-verdict }（{ $handshake }）；关闭{ $close-verdict }（{ $close }）；没有发现问题
book-verdict-noted = 结论：握手{ $handshake-verdict }（{ $handshake }）；关闭{ $close-verdict }（{ $close }）；提示 { $notes }，没有违规
book-verdict-found = 结论：握手{ $handshake-verdict }（{ $handshake }）；关闭{ $close-verdict }（{ $close }）；违规 { $violations }，异常 { $anomalies }，无法判定 { $undecided }

## 演示

demo-origin-namespace = 真实的报文，由 { $backend } 在本次运行中捕获，来自专为演示建立的网络命名空间的环回接口。没有触及本机的任何网卡。
demo-origin-loopback = 真实的报文，由 { $backend } 在本次运行中捕获，来自本机的环回接口。过滤器只放行演示自己的端口：{ $filter }
demo-origin-recorded = 录制：以下报文不是本次运行的。该抓包内置于 synfin，是 synfin 以前用同样方法从真实通信中录制的。
demo-ladder = 报文段与两端的状态
demo-transitions = 状态变迁
demo-ladder-key = 状态写在其开始之处：报文段发出或到达之后。双线表示携带数据。
demo-transitions-key = F 编号是状态机的弧（RFC 9293 图 5 和正文）。"已发出"：报文段本身显示该变迁；"证实"：由后来的帧证实；"推定"：报文段已捕获，但没有后来的帧可以证实。
demo-equations = 每个等式及其数值
demo-findings = 问题

demo-tcp = TCP，情景 { $scenario }
demo-scenario-client-closes = 客户端发送 "hello"，服务端应答 "welcome"，客户端随即关闭。服务端等待 120 毫秒才关闭，所以是教科书上的四次挥手。
demo-scenario-merged = 客户端发送 "hello"，服务端应答 "welcome"，客户端随即关闭，服务端也立即关闭：它的 ACK 与 FIN 在同一个报文段中。
demo-scenario-server-closes = 客户端发送 "hello"，服务端应答 "welcome" 并首先关闭。客户端等待 120 毫秒才关闭。
demo-scenario-half-close = 客户端发送 "hello"，然后只关闭自己的方向（半关闭）。服务端继续发送，分三次共 3072 字节，然后关闭。
demo-scenario-refused = 客户端连接一个无人监听的端口。
demo-scenario-reset = 客户端发送 "hello"，服务端应答 "welcome"，客户端不用 FIN，而用 RST 结束连接。
demo-tcp-heard = 程序自己的记录：服务端读到 { $server } 字节，客户端读到 { $client } 字节，发送的全部收到。

demo-file = 通过 TCP 下载文件
demo-file-what = 客户端发送文件名。服务端回复文件长度、文件内容和校验和，然后关闭。客户端写入文件并核对。
demo-file-arrived = 程序自己的记录：{ $name } 完整收到，{ $octets } 字节，每次发送 { $chunk } 字节；双方的校验和一致。
demo-file-checksum = SHA-256 { $checksum }

demo-udp = UDP
demo-udp-what = 发送的文字是 "{ $text }"，{ $octets } 字节。发送两次：一次发给正在接收的程序，一次发往无人接收的端口。
demo-udp-listened = 发给正在接收的程序
demo-udp-deaf = 发往无人接收的端口
demo-udp-arrived = 接收程序自己说读到了 { $octets } 字节。没有任何报文显示这一点。

demo-more-tcp = 其他情景：synfin demo tcp --scenario merged（三个报文段）、client-closes（四次挥手）、server-closes、half-close、refused、reset。
demo-more-file = 教科书式的逐步讲解：synfin demo tcp。

demo-note-namespace = { $found }；改用本机的环回接口，只捕获演示自己的端口
demo-note-capture = 无法抓包：{ $found }；改为显示录制的抓包，程序本身仍然运行
demo-remedy-works = 要抓包，请输入 `sudo { $program } demo`，或执行一次 `sudo setcap cap_net_raw=ep { $program }`
demo-remedy-nosuid = 要抓包，请输入 `sudo { $program } demo`
demo-remedy-no-new-privs = 要抓包，请在别处启动 `{ $program } demo`：本会话不能获得任何权限
demo-note-playing-namespace = 在专用的网络命名空间中运行并抓包
demo-note-playing-loopback = 在本机的环回接口上运行并抓包
demo-note-recorded = 显示录制的抓包，不是本次运行的报文
demo-note-file = { $name }：收到 { $octets } 字节，双方的 SHA-256 均为 { $checksum }
demo-note-unfinished = { $seconds } 秒内没有捕获到每个连接的结束；结论只依据已捕获的报文
demo-note-not-saved = 没有捕获任何报文，所以没有保存到 { $file }
demo-note-scenario = --scenario 只用于 TCP；请输入 `synfin demo tcp --scenario { $scenario }`
## 解释

colon = ：
column-severity = 严重程度
column-summary = 必须满足
column-state = 状态
column-meaning = 含义
column-arc = 变迁
column-from = 从
column-to = 到
explain-family = 规则：{ $family }
explain-unbuilt = 没有实现的规则及其原因
explain-not-built = 没有这条规则，原因如下：
explain-arcs = 状态之间的变迁
explain-many-states = { $count } 个状态
explain-states = 状态
explain-terms = 报告中的用词
explain-how = synfin explain 名称：解释其中一项，并给出例子。MUST-1 至 MUST-69、SHLD-1 至 SHLD-31、MAY-1 至 MAY-18 以及 REC-1 是 RFC 9293 的要求；--coverage 列出它们。

family-header = 首部和选项
family-handshake = 握手
family-options = 选项的协商
family-data = 数据和确认
family-sack = 选择确认
family-time = 时间戳
family-probes = 保活和零窗口
family-close = 关闭
family-reset = 复位
family-after = 关闭之后，以及 ICMP

column-requirement = 要求
column-subject = 内容
column-why = 原因
column-seen-by = 规则，或抓包看不到的部分
coverage-title = RFC 9293 附录 B 的要求
coverage-counts = 共 { $all } 项要求：{ $rules } 项由规则检查，{ $part } 项部分可见，{ $unseen } 项任何抓包都看不到
semicolon = ；
explain-level = 依据
explain-also = 另见
explain-guards = 无法判断
explain-guards-none = 以下文所述为准；此外没有可以免责的情形
explain-details = 梯形图未画出的内容（按帧）：
explain-since = 始于
level-must = 必须（MUST）
level-should = 应当（SHOULD）
level-may = 可以（MAY）：允许，而非要求
level-procedure = 报文段的处理步骤
level-practice = 没有文件规定：实现的习惯，或我们自己的数值
lore-shown = 如何显示
lore-fails = 常见问题
lore-untold = 无法判断
lore-example = 示例：标有名称处即其发生之处

coverage-counts-open = 其中 { $count } 项本可看到，但此版本没有相应的规则
coverage-open = 此版本没有规则
coverage-rules = 能看出其遵守或违反的规则
coverage-unseen = 看不到
coverage-not-seen = 看不到的部分
explain-statement = 等式
explain-breaks = 示例：标有规则名处即其所指
explain-keeps = 对比：此处不归咎于任何一方
explain-example = 示例：此处不归咎于任何一方
explain-entered = 如何进入
explain-left = 如何离开
explain-stays = 什么不改变它
explain-next-connection = 然后，在同样的两个端口之间，新的连接：

guard-speaks = 何时生效
guard-why = 所述原因
guard-means = 在此情形下，违反规则的结论为无法判定：问题中说明原因，若有某一帧能证明，则写明该帧。不归咎于任何一方，也不影响退出码。
guard-rules = 此时无法判定的规则
guard-term = 作为状态变迁的依据
guard-all = 所有规则。
kind-how = 报文段的种类凭证据判断：此前哪些未确认、哪些已确认，重复确认与 SACK 块，时间戳，IP 标识。重传的原因从不用固定时间判断。
kind-rules = 与此有关的规则
explain-list-guards = 免责情形：抓包自身显示的、使违反规则的结论无法判定的情形
explain-list-kinds = 报文段的种类
column-guard = 情形
column-kind = 种类

kind-means-retransmission-timeout = 最早的未确认字节被重传，而重复确认不足三个，对方也很少或没有收到其后的字节：只有重传定时器才会先发送它们。
kind-means-retransmission-fast = 三个重复确认要求重传的字节，或对方的 SACK 表明其后已收到三段以上或两个以上满长报文段；或属于同一次恢复的字节。
kind-means-retransmission-time-order = 对方已收到更晚发送的字节，但还不足以触发快速重传：RFC 8985 按时间判断其丢失。
kind-means-retransmission-tail-probe = 最后的字节被重传，而更早的尚未确认：定时器会从最早的开始，所以这是尾部丢失探测（RFC 8985）。
kind-means-retransmission-timeout-or-tail-probe = 唯一未确认的报文段被重传：重传定时器和尾部丢失探测在此相同。
kind-means-retransmission-too-big = 引用在途字节的 ICMP 差错告知发送方某段链路容不下这样的分组之后，这些字节再次发送：是路径 MTU 发现，而不是丢失。
kind-means-retransmission-acknowledged = 重传的字节在此抓包点看来已被对方确认：该确认在抓包点之后丢失，或仍在途中。
kind-means-retransmission = 重传的字节既不是最早的也不是最后的未确认字节，也没有人要求：无从得知原因。
kind-means-resent = SND.NXT 之前的字节，捕获中第一次出现，但其报文段晚于更高序列号的报文段发出：首份在到达抓包点之前丢失，或被抓包遗漏。
kind-means-late = 从时间戳或 IP 标识看，它早于在它之前捕获的报文段发出：是次序颠倒，不是重传。
kind-means-filling = SND.NXT 之前的字节，捕获中第一次出现，而没有时间戳或 IP 标识可以说明是迟到还是重传。
kind-means-copy = 与其发送方的上一个数据包完全相同，所有标记都一样：是网络或抓包造成的副本；发送方只发了一次。
kind-means-duplicate-ack = 对方有字节未确认时，不推进任何内容的纯确认，窗口不变或带有新的 SACK 块（RFC 5681 第 2 节）。
kind-means-window-update = 只改变窗口的纯确认。
kind-means-keep-alive = 序列号比 SND.NXT 小一、空的或只带一个已发送过的字节的报文段，此前全部已确认且静默至少一秒：询问对方是否还在。
kind-means-zero-window-probe = 对方窗口关闭期间：序列号比 SND.UNA 小一的空报文段（Linux 的做法），或超出窗口许可的字节（RFC 9293 的做法）。

severity-means-violation = 有一方违反了协议的要求
severity-means-anomaly = 合法，但有害或反常
severity-means-note = 值得了解，不归咎于任何一方

term-holds = 规则适用于该报文段，而且其要求成立。
term-broken = 规则适用于该报文段，其要求不成立，抓包中也没有可以解释它的内容。
term-undecided = 规则适用于该报文段，但仅凭这次抓包无法判定：已知有报文丢失或损坏，或者没有后续的应答。问题中会说明原因，不归咎于任何一方。
term-noted = 该报文段发生了值得了解的事，无所谓对错。
term-not-applicable = 规则不适用于该连接：没有相应的握手或关闭。
term-violation = 有一方违反了协议的要求。默认情况下 synfin 以退出码 1 结束。
term-anomaly = 合法，但有害或反常。指定 --fail-on anomaly 时 synfin 以退出码 1 结束。
term-note = 值得了解，不归咎于任何一方，不影响退出码。
term-sent = 依据：显示该变迁的报文段由该端点自己发出。
term-proved = 依据：变迁发生在报文段到达之时，中间的人看不到；所指的帧表明它确已发生。
term-presumed = 依据：引起变迁的报文段已捕获，但还没有任何内容表明它已到达。
term-retracted = 所指的帧表明推定的变迁没有发生。该行保留并标出，依赖于它的各行也是如此。
term-midstream = 抓包从连接中途开始：第一个报文段只显示状态，不显示如何到达该状态。
term-likely = 最近的报文段所显示的状态，即主要结论。应用程序做了什么而没有发出报文段，外界看不到。
term-possible = 若此后没有未见的动作，捕获的报文段所允许的全部状态。
term-silent = 关闭、异常终止或定时器可能已经到达、但还没有报文段显示的其他状态。
term-proven = 从捕获的报文段看，只可能是这一个状态。

## 实验室

lab-heading = 场景 { $name }，种子 { $seed }
lab-deeds = 做了什么
lab-ladder = { $host }处线路所见
lab-ends = 双方内核，以及线路的推断
lab-column-name = 名称
lab-column-what = 演示内容
lab-column-host = 谁
lab-column-deed = 做
lab-column-end = 端点
lab-column-kernel = 内核
lab-column-own = 本端抓包点
lab-column-far = 远端抓包点
lab-host-client = 客户端
lab-host-server = 服务器
lab-host-wire = 线路
lab-deed-listens = 监听端口 { $number }
lab-deed-connects = 连接端口 { $number }
lab-deed-connect-failed = 无法连接：{ $said }
lab-deed-accepts = 接受来自端口 { $number } 的连接
lab-deed-writes = 写 { $number } 字节
lab-deed-write-failed = 无法写：{ $said }
lab-deed-reads = 读 { $number } 字节
lab-deed-reads-end = 读 { $number } 字节，读到结尾
lab-deed-read-failed = 无法读：{ $said }
lab-deed-shuts = 关闭自己的发送方向
lab-deed-closes = 关闭
lab-deed-aborts = 以复位关闭（SO_LINGER 0）
lab-deed-crashes = 不声不响地忘掉连接，如同崩溃
lab-deed-steers = 把下一个初始序列号设为 { $number }
lab-deed-pause = { $number } 毫秒内谁也不动
lab-deed-forged = 线路上出现一个伪造报文段：{ $said }
lab-fate-lost = 丢失 { $count } 次
lab-fate-delayed = 推迟 { $count } 次
lab-fate-duplicated = 重复 { $count } 次
lab-fate-held = 扣留 { $count } 次
lab-fate-overtaken = 被超越 { $count } 次
lab-fate-corrupted = 损坏 { $count } 次
lab-fate-truncated = 截断 { $count } 次
lab-fate-stripped = 去掉选项 { $count } 次
lab-fate-clamped = 降低 MSS { $count } 次
lab-fate-forged = 后跟伪造报文段 { $count } 次
lab-deed-killed = 被杀死
lab-moves = 每次转移，以及内核的说法
lab-moves-key = 时间从抓到显示该转移的报文段算起，到内核自己的转移为止。内核先转移后发送，先接收后转移。
lab-column-move = 转移到
lab-besides = { $host }内核另外所说
lab-column-witness = 内核
witness-agrees = 内核同意（{ $after }）
witness-told-late = 内核同意（{ $after }，状态结束时才告知）
witness-earlier = 内核更早（{ $after }）
witness-disagrees = 内核不同意（{ $state }）
witness-there = 内核同意（其套接字正处于该状态）
witness-cannot-see = 内核看不见
witness-excuse-no-socket = 没有产生套接字
witness-excuse-ends-unseen = 结束时没有发出任何报文段
witness-excuse-fin-waited = 其 FIN 排在数据之后
witness-excuse-small-form = 没有程序的 FIN-WAIT-2，内核当作结束来报告
witness-excuse-taken-together = 内核把 FIN 和其后的确认合并成一个报文段处理
witness-nowhere = 无转移
witness-frame = 第 { $frame } 帧
witness-no-frame = 无对应的帧
witness-heading = 内核另外所说
witness-process = { $peer } { $address } 是 { $name }（进程 { $pid }）的套接字
witness-rst = { $peer } 的 RST（{ $frame }）：{ $said }
witness-rst-and = ；
witness-rst-why = 发送原因 { $reason }
witness-rst-no-why = 内核没有说发送过它
witness-rst-taken = 接收方内核接受了它
witness-rst-not-taken = 接收方内核没有接受它
witness-refused = { $peer } 的报文段（{ $frame }）被拒绝：{ $reason }
witness-again = { $peer } 的报文段（{ $frame }）是重发
witness-summary = { $conn }：{ $moves } 次转移中内核同意 { $agreed } 次
witness-summary-earlier = ，更早 { $count } 次
witness-summary-cannot-see = ，看不见 { $count } 次
witness-summary-disagrees = ，不同意 { $count } 次
witness-lost = 内核的事件有 { $count } 个没有空间记录：从不同意中得不出结论
lab-host-middle = 中途
lab-crowd = { $count } 个连接，{ $done } 个如所抽取，用时 { $seconds } 秒；{ $packets } 个包，内核事件 { $events } 个
lab-crowd-probes = { $host }：其内核在 { $probes } 个报文段处告知 SND.NXT 和 SND.UNA，其中 { $comparable } 个可比较；SND.NXT 相同 { $nxt } 个，SND.UNA 相同 { $una } 个
lab-crowd-excuse = { $host }，{ $of }：{ $kind }（{ $count }）
lab-labelled = 每个报文段处套接字的状态
lab-verdict = 结论
lab-labels = { $host }：其内核在 { $labels } 个报文段处告知状态；与最可能状态相同 { $likely } 个，超出推断 { $outside } 个；{ $unlabelled } 个报文段没有标签
lab-crowd-tap = 抓包点
lab-crowd-of = 端点属于
lab-crowd-own = 本主机
lab-crowd-far = 对方主机
lab-crowd-both = 双方主机
lab-crowd-ends = 端点
lab-crowd-same = 路径相同
lab-crowd-excused = 报文段无法说明
lab-crowd-differ = 路径不同
lab-crowd-outside = 超出推断
lab-crowd-violations = 违规
lab-found-nothing = 无
lab-verdict-agrees = 一致
lab-verdict-possible = 线路允许
lab-verdict-disagrees = 不一致
lab-verdict-unknown = 未知
lab-verdict-as-expected = 符合预期；客户端抓包点违反的规则：{ $client }；服务器抓包点：{ $server }
lab-verdict-unexpected = 不符合预期；客户端抓包点违反的规则：{ $client }；服务器抓包点：{ $server }
lab-verdict-not-played = 未能演完：{ $failure }
lab-summary = { $good } 个符合预期，{ $bad } 个不符合，{ $unplayed } 个未能演完

lab-scenario-self-connect = 套接字连接自己的地址：SYN、SYN-ACK 和 FIN 都是它自己的。
lab-scenario-reset-by-connecting-nowhere = 客户端以连接到空地址（AF_UNSPEC）结束连接。
lab-scenario-reset-by-administrator = 客户端的管理员销毁其套接字（ss -K）。
lab-deed-disconnects = 连接到空地址（AF_UNSPEC）
lab-deed-destroyed = 其套接字被管理员销毁
lab-scenario-three-way = 三次握手，一问一答，由客户端开始关闭。
lab-scenario-ipv6 = 同上，使用 IPv6。
lab-scenario-simultaneous-open = 双方同时呼叫对方：SYN 交叉。
lab-scenario-ack-with-data = 握手的最后一个 ACK 带有首批数据。
lab-scenario-syn-cookies = 服务器不为 SYN 保留任何状态：其 SYN-ACK 是 cookie。
lab-scenario-fast-open = TCP 快速打开：第一个连接取得 cookie，第二个连接的 SYN 带数据。
lab-scenario-no-options = 无 SACK，无时间戳，无窗口扩大。
lab-scenario-ecn = 双方在握手中同意使用 ECN。
lab-scenario-md5 = 每个报文段都有签名（RFC 2385）。
lab-scenario-mptcp = 只有一个子流的多路径 TCP 连接。
lab-scenario-urgent = 数据流中间有紧急数据。
lab-scenario-isn-wraps = 客户端的序列号在数据中越过 2^32。
lab-scenario-isn-wraps-on-both-sides = 同时打开；双方的序列号在握手之内越过 2^32。
lab-scenario-mss-clamped = 中间设备降低两个 SYN 中的 MSS。
lab-scenario-options-stripped = 中间设备从两个 SYN 中去掉窗口扩大、SACK 和时间戳。
lab-scenario-two-syns = 客户端的 SYN 之后跟着一个初始序列号不同的伪造 SYN。
lab-scenario-port-again-by-client = 客户端先关闭，从 TIME-WAIT 以同一端口再次连接。
lab-scenario-port-again-by-server = 服务器先关闭；新的 SYN 接替其 TIME-WAIT。
lab-scenario-close-by-client = 客户端关闭，服务器 100 毫秒后关闭。
lab-scenario-close-by-server = 服务器关闭，客户端 100 毫秒后关闭。
lab-scenario-half-close = 客户端关闭自己的方向；服务器继续发送。
lab-scenario-fin-with-data = 客户端的 FIN 带有其唯一的数据。
lab-scenario-simultaneous-close = 双方同时关闭：FIN 交叉。
lab-scenario-simultaneous-close-fin-lost = 双方同时关闭，其中一个 FIN 丢失。
lab-scenario-fin-crosses-data = 客户端的 FIN 与服务器的数据交叉。
lab-scenario-orphaned-fin-wait-2 = 客户端关闭并忘掉套接字；服务器 100 毫秒后关闭。
lab-scenario-program-killed = 客户端的程序被杀死；由其内核关闭。
lab-scenario-reading-closed = 服务器关闭其接收方向，这不发送任何报文段。
lab-scenario-time-wait-assassinated = TIME-WAIT 中的旧重复报文段使对方复位（RFC 1337）。
lab-scenario-refused = 无人监听。
lab-scenario-reset-by-linger = 客户端以复位关闭（SO_LINGER 0）。
lab-scenario-reset-for-unread-data = 客户端未读完到达的数据就关闭：其内核发出复位。
lab-scenario-reset-crosses-fin = 服务器的复位与客户端的 FIN 交叉。
lab-scenario-reset-of-late-data = 服务器向已彻底关闭的客户端发送。
lab-scenario-given-up-in-syn-sent = 客户端在 SYN-ACK 到达之前放弃。
lab-scenario-listener-closed-with-queue = 服务器停止监听，队列中还有一个连接。
lab-scenario-listener-closed-in-handshake = 服务器在握手中途停止监听。
lab-scenario-half-open-found-by-syn = 客户端崩溃，以同一端口再次连接（RFC 9293 图 9）。
lab-scenario-half-open-found-in-close-wait = 同上，服务器处于 CLOSE-WAIT。
lab-scenario-half-open-found-by-data = 服务器崩溃；客户端的数据发现这一点。
lab-scenario-reset-by-middlebox = 中间设备以客户端的名义复位服务器。
lab-scenario-forged-reset-challenged = 窗口内外的伪造复位被挑战或忽略（RFC 5961）。
lab-scenario-forged-reset-exact = 序列号完全正确的伪造复位。
lab-scenario-forged-syn-challenged = 已打开的连接中的伪造 SYN 被挑战（RFC 5961）。
lab-scenario-forged-acknowledgment-of-the-future = 伪造数据确认从未发送的内容。
lab-scenario-forged-acknowledgment-of-the-past = 伪造数据确认早已过去的内容（RFC 5961 第 5.2 节）。
lab-scenario-odd-flags-to-closed-port = 向无人监听的端口发送标志奇怪的报文段。
lab-scenario-odd-flags-to-listener = 向监听者发送标志奇怪的报文段。
lab-scenario-syn-lost = 第一个 SYN 丢失。
lab-scenario-syn-lost-twice = 前两个 SYN 丢失。
lab-scenario-syn-never-answered = 所有 SYN 丢失。
lab-scenario-syn-ack-lost = 第一个 SYN-ACK 丢失。
lab-scenario-syn-acks-never-come = 所有 SYN-ACK 丢失。
lab-scenario-last-ack-of-handshake-lost = 握手的最后一个 ACK 丢失，客户端保持沉默。
lab-scenario-last-ack-of-handshake-lost-then-data = 握手的最后一个 ACK 丢失，由客户端的数据代替。
lab-scenario-fin-lost = 客户端的第一个 FIN 丢失。
lab-scenario-last-ack-lost = 对服务器 FIN 的确认丢失。
lab-scenario-fin-behind-three-acks = 服务器的 FIN 被扣留到三个后续报文段之后。
lab-scenario-segment-overtaken = 一个报文段在其后三个报文段之后到达。
lab-scenario-fast-retransmit = 数据流中间的一个报文段丢失。
lab-scenario-tail-lost = 数据流的最后一个报文段丢失。
lab-scenario-tail-lost-twice = 数据流的最后一个报文段及其首次重传丢失。
lab-scenario-retransmitted-for-nothing = 确认晚到 400 毫秒：重传的内容其实已到达。
lab-scenario-damaged = 一个报文段损坏，一个报文段被截断。
lab-scenario-everything-twice = 每个报文段都到达两次。
lab-scenario-handshake-twice = SYN 和 SYN-ACK 各到达两次。
lab-scenario-syn-late-and-twice = 第一个 SYN 晚到 1.5 秒，到达时连接已打开。
lab-scenario-given-up = 再没有任何报文段到达；客户端放弃。
lab-scenario-bulk-with-loss = 2 MiB 数据，双向各丢失 1 %。
lab-scenario-accept-queue-full = 已完成连接的队列已满：最后的 ACK 被丢弃。
lab-scenario-accept-queue-full-cookies = 队列已满，SYN-ACK 是 cookie：服务器不保留任何状态。
lab-scenario-accept-queue-full-reset = 队列已满，服务器发出复位。
lab-scenario-syn-queue-full = 握手队列已满：SYN 被丢弃。
lab-scenario-keep-alive = 两秒钟无话可说，有保活探测。
lab-scenario-keep-alive-dead = 保活探测无人回应。
lab-scenario-zero-window = 服务器不读；其窗口关闭，然后再打开。
lab-scenario-fin-wait-2-times-out = 客户端的 FIN-WAIT-2 在服务器关闭之前超时。
