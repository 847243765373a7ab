"""The upstream that everything is measured in front of."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.bench_processes import Command, Site, free_port, running

BODY = b"x" * 1024

NGINX = """
worker_processes 1; daemon off; pid {home}/nginx.pid; error_log {home}/error.log;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 10000000;
  client_body_temp_path {home}/b; proxy_temp_path {home}/p; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u;
  scgi_temp_path {home}/s; server {{ listen 127.0.0.1:{port}; root {home}/www; }} }}
"""


@contextlib.contextmanager
def upstream(directory: Path) -> Iterator[Site]:
    """nginx with a file of 1 KB; Python's own server where there is no nginx, which then is what limits."""
    port, home = free_port(), directory / "upstream"
    directory.chmod(0o755)  # nginx, when it is started by root, reads as somebody else
    (home / "www").mkdir(parents=True)
    (home / "www" / "index.html").write_bytes(BODY)
    (home / "nginx.conf").write_text(NGINX.format(home=home, port=port))
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    plain: Command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", home / "www"]
    command: Command = [nginx, "-c", home / "nginx.conf", "-p", home] if nginx else plain
    with running(command, port, directory) as pid:
        yield Site("nginx" if nginx else "http.server", f"http://127.0.0.1:{port}", pid)
