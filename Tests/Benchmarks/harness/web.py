"""http-serve beside nginx and lighttpd: requests a second and their latency (wrk), files, and idle connections."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.bench import CLOSE, MIB, Bench
from harness.certificate import Certificate
from harness.children import Child, Children, RunFailed, Skipped
from harness.contestants import SOCKCTL, free_port
from harness.proc import resident_kib

NGINX, LIGHTTPD = "nginx", "lighttpd"
TIME = "2026-11-21 10:49:44.000000000 +0000 UTC\\n"  # As long as what http-serve says.
CONNECTIONS = 64
SMALL, LARGE = "small.txt", "large.bin"
REQUEST = b"GET /time HTTP/1.1\r\nHost: a\r\n\r\n"
SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}

NGINX_CONFIGURATION = """
daemon off; worker_processes 1; error_log {work}/nginx.log; pid {work}/nginx.pid;
events {{ worker_connections 20000; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_timeout 300s; keepalive_requests 1000000000;
  default_type text/plain;
  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3; uwsgi_temp_path {work}/t4;
  scgi_temp_path {work}/t5;
  server {{ listen 127.0.0.1:{port} backlog=4096{tls}; root {root}; location = /time {{ return 200 "{time}"; }} }}
}}
"""

LIGHTTPD_CONFIGURATION = """
server.document-root = "{root}"
server.bind = "127.0.0.1"
server.port = {port}
server.max-keep-alive-requests = 1000000000
server.max-connections = 20000
server.errorlog = "{work}/lighttpd.log"
mimetype.assign = ( ".txt" => "text/plain" )
"""


def tool(name: str) -> str:
    found = shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin:/usr/local/bin")
    if found is None:
        raise Skipped(f"skipped: {name} is not installed")
    return found


def site(bench: Bench) -> Path:
    """A folder with a file of 1 KiB and one of 256 MiB, in memory where there is room."""
    root = Path("/dev/shm") if Path("/dev/shm").is_dir() else bench.tools.work
    root = root / "sockctl-site"
    root.mkdir(exist_ok=True)
    (root / SMALL).write_bytes(b"x" * 1023 + b"\n")
    large = root / LARGE
    if not large.exists() or large.stat().st_size != bench.sizes.web_file:
        large.write_bytes(b"\0" * bench.sizes.web_file)
    return root


def remove_site(bench: Bench) -> None:
    shutil.rmtree(site(bench))


@contextmanager
def server(
    bench: Bench, contestant: str, files: Path | None = None, secured: Certificate | None = None
) -> Iterator[tuple[Children, Child, str]]:
    """A server on the server's CPU; with a certificate it speaks TLS."""
    with bench.children() as children:
        work = bench.tools.work
        if contestant == SOCKCTL:
            options = ["--root", str(files)] if files else []
            options += secured.server if secured else []
            argv = [bench.tools.paths[SOCKCTL], "http-serve", *options, "127.0.0.1:0"]
            child = children.start(argv, cpu=bench.server_cpu)
            yield children, child, f"127.0.0.1:{child.listening_port()}"
            return
        port = free_port()
        text = NGINX_CONFIGURATION if contestant == NGINX else LIGHTTPD_CONFIGURATION
        settings = work / f"{contestant}.conf"
        tls = secured.nginx if secured else ""
        settings.write_text(text.format(work=work, port=port, root=files or work, time=TIME, tls=tls))
        argv = [tool(contestant), "-c" if contestant == NGINX else "-Df", str(settings)]
        child = children.start(argv, cpu=bench.server_cpu)
        child.wait_until_listening(port)
        yield children, child, f"127.0.0.1:{port}"


def load(bench: Bench, url: str) -> tuple[float, float]:
    """Requests a second, and how many times the median latency the 99th percentile is."""
    argv = [tool("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{bench.sizes.web_seconds}s", "--latency", url]
    command = ["taskset", "-c", str(bench.client_cpu), *argv]
    text = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stdout
    if (wrong := re.search(r"Non-2xx.*|Socket errors.*", text)) or not (rate := re.search(r"Requests/sec: +([\d.]+)", text)):
        raise RunFailed(wrong.group(0) if wrong else f"wrk said: {text.strip()[-80:]}")
    return float(rate.group(1)), percentile(text, "99%") / percentile(text, "50%")


def percentile(text: str, which: str) -> float:
    found = re.search(rf"{which} +([\d.]+)(us|ms|s|m)\b", text)
    if not found:
        raise RunFailed(f"wrk told no {which}")
    return float(found.group(1)) * SECONDS[found.group(2)]


def measure_web(bench: Bench) -> None:
    """A small answer that is made, 64 kept connections; then connections that wait for their next request."""

    def ask(contestant: str) -> tuple[float, float]:
        with server(bench, contestant) as (_, _, place):
            return load(bench, f"http://{place}/time")

    def wait(contestant: str) -> list[float]:
        count = bench.sizes.idle_connections
        with server(bench, contestant) as (_, child, place):
            worker = nginx_worker(child) if contestant == NGINX else child
            first = greet(place)
            before = resident_kib(worker)
            clients = [greet(place) for _ in range(count)]
            time.sleep(1.5)  # What is kept for a connection that may be asked again at once is given back by then.
            memory = (resident_kib(worker) - before) / count
            for client in [first, *clients]:
                client.close()
            return [memory]

    bench.alternate(["web-time", "web-tail"], [SOCKCTL, NGINX] * CLOSE, ask)
    bench.alternate(["web-idle"], [SOCKCTL, NGINX], wait)


def measure_webfiles(bench: Bench) -> None:
    """A file of 1 KiB to wrk, and one of 256 MiB to curl."""
    root = site(bench)

    def small(contestant: str) -> list[float]:
        with server(bench, contestant, root) as (_, _, place):
            return [load(bench, f"http://{place}/{SMALL}")[0]]

    def large(contestant: str) -> list[float]:
        with server(bench, contestant, root) as (children, _, place):
            argv = [tool("curl"), "-s", "-f", "-o", "/dev/null", f"http://{place}/{LARGE}"]
            children.start(argv, cpu=bench.client_cpu).succeed()
            begin = time.perf_counter()
            for _ in range(4):
                children.start(argv, cpu=bench.client_cpu).succeed()
            return [4 * bench.sizes.web_file / MIB / (time.perf_counter() - begin)]

    bench.alternate(["web-small"], [SOCKCTL, NGINX, LIGHTTPD] * CLOSE, small)
    bench.alternate(["web-large"], [SOCKCTL, NGINX, LIGHTTPD] * CLOSE, large)
    remove_site(bench)


def greet(place: str) -> socket.socket:
    """A kept connection that has had its first answer."""
    host, port = place.split(":")
    connection = socket.create_connection((host, int(port)), timeout=10)
    connection.sendall(REQUEST)
    if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
        raise RunFailed("the first answer of a kept connection was none")
    return connection


def nginx_worker(master: Child) -> Child:
    """The process that serves; it alone grows."""
    children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
    return Child("nginx worker", int(children[0]), master.log)
