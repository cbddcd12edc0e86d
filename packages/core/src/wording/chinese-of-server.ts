/** What the server says of a request that it does not answer, in Chinese. */
import type { ENGLISH_OF_SERVER } from "./english-of-server.ts";

export const CHINESE_OF_SERVER: Readonly<Record<keyof typeof ENGLISH_OF_SERVER, string>> = {
	"nothing-at-address": "这个地址上什么也没有",
	"request-too-long": "一个请求最多 {most} 字节",
	"request-not-read": "无法读取请求；请求体必须是 JSON",
	"podpath-failed": "podpath 失败了：这是 podpath 或这台机器的错误",
	"wrong-host": "Host 头指的不是这台服务器",
	"foreign-origin": "别的页面不能向这台服务器提问",
	"no-token": "令牌缺失或不对",
	"open-as-printed": "请打开 `podpath serve` 打印的 URL",
	"no-faults-of-mode": "图集中没有“{mode}”的故障",
};
