/** What a browser shows that comes without the token. */
export const REFUSAL_PAGE: string = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>podpath: token missing</title></head>
<body>
<h1>podpath: the token is missing or wrong</h1>
<p>Open the address exactly as <code>podpath serve</code> printed it; it holds a token that changes with each start.</p>
<p lang="zh">请完整打开 <code>podpath serve</code> 打印的地址：其中的令牌每次启动都不同。</p>
</body>
</html>
`;
