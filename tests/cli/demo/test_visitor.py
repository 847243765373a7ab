import asyncio

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from nightlatch_cli.demo.visitor import Answer, Visitor


class Echo(RequestHandler):
    def get(self) -> None:
        if self.get_argument("set", ""):
            self.set_cookie("a", "1")
            self.set_cookie("b", "2")
        if self.get_argument("clear", ""):
            self.add_header("Set-Cookie", "a=; Max-Age=0; Path=/")
        self.set_header("Nightlatch-Verdict", "expired; clock=idle")
        self.set_header("Location", "/next")
        self.set_status(302)
        self.write({"cookie": self.request.headers.get("Cookie", ""), "mode": self.request.headers["Sec-Fetch-Mode"]})

    def post(self) -> None:
        self.write({"origin": self.request.headers["Origin"], "user": self.get_argument("user")})


def test_it_keeps_and_forgets_cookies_and_follows_nothing() -> None:
    async def live() -> None:
        sockets = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(Application([("/", Echo)]))
        server.add_sockets(sockets)
        visitor = Visitor(f"http://127.0.0.1:{sockets[0].getsockname()[1]}")
        first = await visitor.navigate("/?set=1")
        assert first._replace(body=b"") == Answer(302, "expired; clock=idle", "", "/next", b"")
        second = await visitor.fetch("/?clear=1")
        assert second.json() == {"cookie": "a=1; b=2", "mode": "cors"}
        assert visitor.cookies == {"b": "2"}
        assert (await visitor.submit("/", user="ada")).json() == {"origin": visitor.url, "user": "ada"}
        server.stop()

    asyncio.run(live())
