"""JupyterLab as `npm start` runs it: it ends, with its kernels, when its standard input is closed.

The system closes that pipe however the other end went away, so that no server is ever left behind.
"""

import _thread
import os
import signal
import sys
import threading

from jupyterlab.labapp import main


def end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    if os.name == "nt":
        _thread.interrupt_main(signal.SIGTERM)
    else:
        os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=end_with_parent, daemon=True).start()
sys.exit(main())
