/** What is said in Chinese of a snapshot, and of rules that ask for what no snapshot holds. */
import type { ENGLISH_OF_SNAPSHOTS } from "./english-of-snapshots.ts";

export const CHINESE_OF_SNAPSHOTS: Readonly<Record<keyof typeof ENGLISH_OF_SNAPSHOTS, string>> = {
	"routes-derived": "{place} 的{routes}是从它的地址推导出来的：它的 ip-route 中没有",
	"routes-of-ipv6": " IPv6 路由",
	"routes-of-local-table": " local 表的 IPv{family} 路由",
	both: "{one}和{other}",
	"link-kind-guessed": "按{from}把 {device} 当作 {kind} 设备：ip -d address 可以确认",
	"by-its-name": "名称",
	"by-its-far-end": "另一端在别的命名空间",
	"default-rules": "{families} 的策略路由规则按内核自带的处理：ip-rule 中没有",

	"table-not-held": "lookup {table}：路由的转储中没有这张表",
	"one-then-other": "{one}；{other}",
	"is-utf-16": "“{file}”是 UTF-16",
	"is-binary": "“{file}”是二进制文件",
	"is-not-utf-8": "“{file}”不是 UTF-8",
	"save-as-utf-8": "请另存为 UTF-8",
	"give-text": "请给 YAML、JSON 或工具的文本输出",
	"take-again-in-c": "请用 LC_ALL=C 重新采集",

	"snapshot-incomplete": "快照没有采集完{what}",
	"not-taken": "：{names}",
	"not-taken-and-more": "：{names}，另有 {n} 个",
	"clock-ahead": "{machine} 的时钟比采集机器的快 {seconds} 秒：它所显示的可能从未同时存在",
	"clock-behind": "{machine} 的时钟比采集机器的慢 {seconds} 秒：它所显示的可能从未同时存在",
	"taken-over": "{machine} 的文件前后采集了 {seconds} 秒：它所显示的可能从未同时存在",
	"taken-apart": "{place} 的 iptables-save 和 ip6tables-save 相隔 {seconds} 秒：它所显示的可能从未同时存在",
	"cloud-answers-not-read": "没有读取这个云 API 的回答（{files}）：其中关于网络设施的内容需要以对象的形式给出",
	"one-and-more": "{one} 等，另有 {n} 个",
	"named-by-address": "快照中的 {folder} 被当作 {place}：它有其地址 {address}",
	"address-of-another": "{place} 也有地址 {address}，而该地址属于 {owner}",
};
