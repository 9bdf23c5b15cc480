# The web page and the REST API, with the bundled styles: docker build -t copyart-web . && docker run -p 8000:8000 copyart-web

# What browsers paint with.
FROM node:22-bookworm AS runtime
WORKDIR /src
COPY scripts/fetch_browser_runtime.py scripts/
RUN apt-get update && apt-get install --yes --no-install-recommends zopfli && rm -rf /var/lib/apt/lists/*
RUN python3 scripts/fetch_browser_runtime.py /vendor

# Copyart as a wheel, in an environment of its own. Without TensorFlow: painting with style folders needs none.
FROM python:3.12-slim-bookworm AS installed
WORKDIR /src
COPY container/requirements.txt container/
RUN python -m venv /opt/copyart \
    && /opt/copyart/bin/pip install --no-cache-dir --requirement container/requirements.txt
COPY pyproject.toml setup.cfg setup.py README.md LICENSE ./
COPY copyart copyart
COPY --from=runtime /vendor copyart/web/static/vendor
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && /opt/copyart/bin/pip install --no-cache-dir --no-deps /wheels/copyart-*.whl

FROM python:3.12-slim-bookworm
COPY --from=installed /opt/copyart /opt/copyart
# No .pyc files, no home: it writes nothing, so that its file system may be read-only.
ENV PATH=/opt/copyart/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/nonexistent
USER 10001:10001
WORKDIR /opt/copyart
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
# Inside, all addresses: which of them can be reached from outside is what -p says.
CMD ["copyart", "serve", "--host", "0.0.0.0", "--port", "8000"]
