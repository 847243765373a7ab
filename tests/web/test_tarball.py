import io
import json
import tarfile

from tests.web.desk import Desk


def test_npm_can_install_it(desk: Desk) -> None:
    reply = desk.call("GET", "/client.tgz", token="-")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/gzip")
    with tarfile.open(fileobj=io.BytesIO(reply.body)) as tar:
        names = set(tar.getnames())
        about = tar.extractfile("package/package.json")
        assert about is not None
        package = json.loads(about.read())
    assert package["name"] == "@nightlatch/client"
    assert {f"package/{name}" for name in package["files"]} < names
    for target in package["exports"].values():
        assert {f"package/{target[kind].removeprefix('./')}" for kind in ("types", "default")} <= names


def test_it_is_only_read(desk: Desk) -> None:
    assert desk.call("DELETE", "/client.tgz").status == 405
