# The Telegram bot: `docker compose up -d`, or see bot/OPERATING.md. No setting and no secret is in the image.
FROM python:3.12-slim AS build
ARG EXTRAS=meaning
WORKDIR /src
COPY . .
# The packages at their pinned versions, in a folder that is copied whole, without pip
RUN python -m venv --without-pip /opt/pullquote \
 && pip --python /opt/pullquote install --no-cache-dir --no-compile --disable-pip-version-check \
      -c .ci/constraints.txt ".[${EXTRAS}]"

FROM python:3.12-slim
COPY --from=build /opt/pullquote /opt/pullquote
# Everything that is kept lies in /data: articles, chats, waiting updates, and settings where a file holds them
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin pullquote \
 && install -d -m 700 -o pullquote -g pullquote /data
ENV PATH=/opt/pullquote/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    HOME=/data XDG_CONFIG_HOME=/data XDG_DATA_HOME=/data XDG_STATE_HOME=/data XDG_CACHE_HOME=/tmp \
    PULLQUOTE_HEALTH_PORT=8081
WORKDIR /data
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
  "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PULLQUOTE_HEALTH_PORT'] + '/readyz', timeout=4)"]
ENTRYPOINT ["pullquote"]
CMD ["telegram"]
