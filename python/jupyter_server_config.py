"""JupyterLab's settings for this project; `npm start` adds the port and gives the token in the environment."""

import os
import secrets
from pathlib import Path

c = get_config()  # noqa: F821

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_remote_access = False
c.ServerApp.root_dir = os.environ.get("TICKBOOK_NOTEBOOKS") or str(Path(__file__).resolve().parent.parent)
c.ServerApp.open_browser = False
c.ServerApp.terminals_enabled = False
# As root (a container) Jupyter asks for this; it stays on this machine's own address all the same.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0

# The project's kernel and no other.
c.KernelSpecManager.allowed_kernelspecs = {"tickbook"}
c.KernelSpecManager.ensure_native_kernel = False
c.MultiKernelManager.default_kernel_name = "tickbook"

# Whether JupyterLab wants to be built anew is not asked: each load of the page would run Node for it, and nothing is built.
page = {"buildCheck": False}
# The notebook whose live panels the page opens as a desk, and the value with which a page runs it by itself, once.
desk = os.environ.get("TICKBOOK_DESK", "")
if desk:
    page["tickbookDesk"] = {"once": secrets.token_hex(16), "notebook": desk}
c.ServerApp.tornado_settings = {"page_config_data": page}

# Nothing is fetched from the internet.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
# Else npm is run, and writes into the user's home, to look for language servers.
c.LanguageServerManager.autodetect = False

c.Application.log_level = "WARN"
