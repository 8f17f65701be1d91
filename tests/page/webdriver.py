"""A small client of WebDriver (https://www.w3.org/TR/webdriver2/), for chromedriver. One browser, one page."""

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PATIENCE = 60  # seconds for each answer


class Browser:
    """A headless browser, until it is closed. Use it in a `with`."""

    def __init__(self, profile):
        """`profile` is an empty folder. Raises RuntimeError when the browser does not start."""
        self.session = None
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            self.url = f"http://127.0.0.1:{self.port()}/session"
            wanted = {"capabilities": {"alwaysMatch": capabilities(profile)}}
            self.session = self.send("POST", "", wanted)["sessionId"]
            self.url += f"/{self.session}"
        except BaseException:
            self.close()
            raise

    def port(self):
        for line in self.driver.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                return int(found[1])
        raise RuntimeError("chromedriver does not say on which port it listens")

    def send(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=PATIENCE) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"].splitlines()[0]) from None

    def resize(self, width, height):
        """What the page sees of the window, in pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.send("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": size})

    def open(self, url):
        """Loads the page and waits for its load event."""
        self.send("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """Runs the body of a function in the page. Returns what it returns."""
        return self.send("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def console(self):
        """What went to the console since the last call: script errors and failed loads, too."""
        return [entry["message"] for entry in self.send("POST", "/se/log", {"type": "browser"})]

    def close(self):
        if self.session:
            self.send("DELETE", "")
        self.driver.terminate()
        self.driver.wait(PATIENCE)
        self.driver.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def capabilities(profile):
    arguments = [*QUIET, f"--user-data-dir={profile}"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # root's browser does not start with it
    binary = next(path for path in map(shutil.which, BROWSERS) if path)
    return {
        "goog:chromeOptions": {"binary": binary, "args": arguments},
        "goog:loggingPrefs": {"browser": "ALL"},
    }
