"""Runs nginx as if it were a server of the workbook: a rival to be measured against.

    tools/workbook nginx --folder FOLDER [--port 0] [--workers 1] [--quiet]

It listens on a free port of this machine, says where, and becomes nginx, with the configuration below in FOLDER. It
answers GET /fast as the others do, without a log; keep-alive has no limit that a measurement would run into.
"""

import argparse
import os
import shutil
import socket
import sys
from pathlib import Path

COMMAND = (sys.executable, "-S", str(Path(__file__).resolve().parent), "nginx")
CONFIGURATION = """\
worker_processes {workers};
daemon off;
pid {folder}/pid;
error_log {folder}/errors;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location = /fast {{
      default_type text/plain;
      return 200 "Fast response!\\n";
    }}
  }}
}}
"""


def program():
    """Where it is; Debian has it where only root looks. None if it is not installed."""
    return shutil.which("nginx", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin")


def main():
    parser = argparse.ArgumentParser(description="Runs nginx as if it were a server of the workbook.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    if not program():
        sys.exit("nginx is not installed.")
    listener = socket.create_server(("127.0.0.1", options.port), backlog=511)
    port = listener.getsockname()[1]
    text = CONFIGURATION.format(workers=options.workers, folder=options.folder, port=port)
    (options.folder / "nginx.conf").write_text(text, encoding="utf-8")
    # A free port is known only to whoever listens there. Nginx takes over a listening socket when it replaces
    # itself by a newer nginx, and does here. Source: nginx.org/en/docs/control.html, "Upgrading Executable".
    os.set_inheritable(listener.fileno(), True)
    print(f"listening on http://127.0.0.1:{port}", flush=True)
    words = ["nginx", "-c", str(options.folder / "nginx.conf"), "-e", str(options.folder / "errors")]
    os.execve(program(), words, {**os.environ, "NGINX": f"{listener.fileno()};"})
