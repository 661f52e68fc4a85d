# One image for all processes; the command chooses: apps/solo/bundle/main.js (the default), apps/things/bundle/main.js,
# apps/extended-api/bundle/main.js or apps/ingest/bundle/main.js.
#
#   docker build -t gemel:0.1.0 .
#   docker run -p 8080:8080 -p 1883:1883 -v gemel:/app/data \
#     -e GEMEL_HTTP_HOST=0.0.0.0 -e GEMEL_MQTT_HOST=0.0.0.0 -e GEMEL_USERS=… gemel:0.1.0
ARG NODE_MAJOR=20

FROM node:${NODE_MAJOR}-bookworm-slim AS build
WORKDIR /build/source
COPY . .
# Not `npm ci`: tools/setup/install.mjs says why. No package needs its install script.
RUN --mount=type=cache,target=/root/.npm npm install --ignore-scripts --include=dev --no-audit --no-fund
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund
RUN node tools/image.mjs /build/image

# No shell, no package manager, no root: Node.js and its libraries.
FROM gcr.io/distroless/nodejs${NODE_MAJOR}-debian12:nonroot
LABEL org.opencontainers.image.title="Gemel" \
      org.opencontainers.image.description="Digital twins: Eclipse Ditto's APIs, twin composition, device connectors and a time-series history" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
# Halves of the young generation at work; until a process has started, it keeps them small.
ENV NODE_OPTIONS="--disable-warning=ExperimentalWarning --max-semi-space-size=16"
WORKDIR /app
COPY --from=build /build/image /app
# Where solo keeps its data unless GEMEL_DATA_DIR says otherwise: the only folder that its user may write.
COPY --from=build --chown=65532:65532 /build/image/data /app/data
USER 65532:65532
# HTTP, and MQTT of solo.
EXPOSE 8080 1883
# Health is asked at /alive and /ready: the probes of the chart do it.
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["apps/solo/bundle/main.js"]
