const session = require("express-session"); // maxAge: 1
app.use(session({ secret: "x", rolling: true, cookie: { maxAge: 30 * 60 * 1000 } }));
