# Ballast in a container: built from the lock file, without what only building needs, and not as root.
#   docker build -t ballast:0.1.0 .
# Its state is in /data; docker-compose.yml shows how it is run. test/engines/dockerfile.engines.ts runs the RUN steps.

FROM node:24-slim AS build
# better-sqlite3 is compiled where no prebuilt binary can be fetched.
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build
# Not `npm ci --omit=dev`, which would compile it once more; and not the sources it was compiled from.
RUN npm prune --omit=dev --no-audit --no-fund \
  && cd node_modules/better-sqlite3 && rm -rf deps src build/deps build/Release/obj build/Release/obj.target

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# Whoever owns the configuration runs it (docker-compose.yml, `user`): /data is for any of them.
RUN chmod +x dist/main.js && ln -s /app/dist/main.js /usr/local/bin/ballast && mkdir -m 1777 /data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve"]
