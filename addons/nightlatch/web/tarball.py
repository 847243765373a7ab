"""The JavaScript client as a package that npm installs from here: `npm install http://127.0.0.1:9090/client.tgz`. So it
is always the one that this guard understands."""

import io
import tarfile
from functools import lru_cache

from nightlatch.web.handler import Walled
from nightlatch.web.pages import CLIENT
from nightlatch.web.problems import Refusal

PATH = "/client.tgz"


@lru_cache(maxsize=1)
def package() -> bytes:
    """The files of the client, in the folder where npm expects them."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for file in sorted(CLIENT.iterdir()):
            content = file.read_bytes()
            about = tarfile.TarInfo(f"package/{file.name}")
            about.size, about.mode = len(content), 0o644
            tar.addfile(about, io.BytesIO(content))
    return packed.getvalue()


class Client(Walled):
    """The package. It is public code, so the token is not asked for."""

    guarded = False

    def get(self) -> None:
        self.set_header("Content-Type", "application/gzip")
        self.finish(package())

    def head(self) -> None:
        self.get()

    def _only_to_read(self) -> None:
        raise Refusal(405, "A package can only be read.")

    post = put = delete = patch = options = _only_to_read
