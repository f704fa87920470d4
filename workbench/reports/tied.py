"""The first thing that the server of processes imports: from then on it ends when the run does, however that ends."""

import os

from workbench.reports.publishing import RUN, end_with_parent

end_with_parent()
if os.getppid() != int(os.environ.get(RUN, os.getppid())):
    os._exit(1)  # the run had ended before
