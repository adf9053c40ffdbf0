/** The one page: all of it is drawn by the modules that it loads. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tickbook</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/served.css">
<link rel="stylesheet" href="/page/style.css">
</head>
<body>
<noscript>The charts of this page need JavaScript.</noscript>
<script type="module" src="/page/labextension/src/served/page.js"></script>
</body>
</html>
`;
