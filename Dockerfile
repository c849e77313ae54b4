# syntax=docker/dockerfile:1
# The map, then the wheel that carries it, then a small image which holds that wheel and no tools.

FROM node:20-bookworm-slim AS map
WORKDIR /build
COPY service/ui/package.json service/ui/package-lock.json service/ui/.npmrc ./
RUN npm ci
COPY service/ui ./
RUN npm run build

FROM python:3.11-slim-bookworm AS wheel
WORKDIR /build
COPY requirements-build.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements-build.txt
COPY . ./
COPY --from=map /build/dist service/ui/dist
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.11-slim-bookworm AS run
ENV PYTHONUNBUFFERED=1
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt
RUN --mount=from=wheel,source=/wheels,target=/wheels pip install --no-cache-dir --no-deps /wheels/*.whl
RUN useradd --system --uid 10001 --create-home --home-dir /srv/testzone testzone
USER 10001
# the embedded database, if that is used, lies in var/ here
WORKDIR /srv/testzone
VOLUME /srv/testzone
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["testzone"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
