/*
 * For every TCP segment that passes a network device, in or out: the state that the socket which it belongs to has at that
 * moment. The words in words.rs are what clang makes of this file; a test makes them anew and compares.
 *
 *   clang -O2 -target bpf -I/usr/include/x86_64-linux-gnu -c program.c
 *
 * It looks and tells, and leaves every segment to the stack as it is.
 */
#include <linux/bpf.h>

#define PASS_ON (-1) /* TCX_NEXT */
#define IN 0
#define OUT 1

/* What is told of a segment, as `Label` in label.rs reads it; ports and numbers as on the wire. */
struct label {
	__u64 at; /* CLOCK_TAI, in nanoseconds */
	__u32 seq;
	__u32 ack;
	__u16 source;
	__u16 destination;
	__u8 flags;
	__u8 direction;
	__u8 state; /* TCP_ESTABLISHED and so on; 0 if there is no socket */
	__u8 zero;
};

struct tcp {
	__u16 source;
	__u16 destination;
	__u32 seq;
	__u32 ack;
	__u8 offset;
	__u8 flags;
};

static long (*const push)(void *map, const void *value, __u64 flags) = (void *)BPF_FUNC_map_push_elem;
static __u64 (*const now)(void) = (void *)BPF_FUNC_ktime_get_tai_ns;
static struct bpf_sock *(*const lookup)(void *context, struct bpf_sock_tuple *tuple, __u32 length, __u64 namespace,
					__u64 flags) = (void *)BPF_FUNC_skc_lookup_tcp;
static long (*const release)(void *socket) = (void *)BPF_FUNC_sk_release;
static long (*const load)(const void *skb, __u32 offset, void *to, __u32 length) = (void *)BPF_FUNC_skb_load_bytes;

/* The queue that labels are put into: its file descriptor is written into the instruction that refers to it. */
extern char labels;

__attribute__((section("tcx"), used)) int tell(struct __sk_buff *skb)
{
	struct label told = {};
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *socket;
	struct tcp tcp;
	__u8 first, protocol;
	__u32 at, length;
	/* What this host sends came in nowhere. */
	int is_out = skb->ingress_ifindex == 0;

	/* A tun device has no header before that of IP. */
	if (load(skb, 0, &first, 1))
		return PASS_ON;
	if (first >> 4 == 4) {
		at = (first & 15) * 4;
		if (load(skb, 9, &protocol, 1) || protocol != 6 || load(skb, at, &tcp, sizeof(tcp)))
			return PASS_ON;
		if (load(skb, is_out ? 16 : 12, &tuple.ipv4.saddr, 4) || load(skb, is_out ? 12 : 16, &tuple.ipv4.daddr, 4))
			return PASS_ON;
		tuple.ipv4.sport = is_out ? tcp.destination : tcp.source;
		tuple.ipv4.dport = is_out ? tcp.source : tcp.destination;
		length = sizeof(tuple.ipv4);
	} else {
		if (load(skb, 6, &protocol, 1) || protocol != 6 || load(skb, 40, &tcp, sizeof(tcp)))
			return PASS_ON;
		if (load(skb, is_out ? 24 : 8, tuple.ipv6.saddr, 16) || load(skb, is_out ? 8 : 24, tuple.ipv6.daddr, 16))
			return PASS_ON;
		tuple.ipv6.sport = is_out ? tcp.destination : tcp.source;
		tuple.ipv6.dport = is_out ? tcp.source : tcp.destination;
		length = sizeof(tuple.ipv6);
	}
	told.at = now();
	told.seq = tcp.seq;
	told.ack = tcp.ack;
	told.source = tcp.source;
	told.destination = tcp.destination;
	told.flags = tcp.flags;
	told.direction = is_out ? OUT : IN;
	socket = length == sizeof(tuple.ipv4) ? lookup(skb, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0)
					      : lookup(skb, &tuple, sizeof(tuple.ipv6), BPF_F_CURRENT_NETNS, 0);
	if (socket) {
		told.state = socket->state;
		release(socket);
	}
	push(&labels, &told, 0);
	return PASS_ON;
}
