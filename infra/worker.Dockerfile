# A worker on an NVIDIA GPU, linux/amd64. Nobody has built or run this image yet (docs/gpu.md).
#   docker build -f infra/worker.Dockerfile -t plumbline-worker .
#   docker run --gpus all -p 8788:8788 -e PLUMBLINE_SECRET -v plumbline:/data plumbline-worker

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --omit=dev \
 && rm -rf node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32 \
      node_modules/onnxruntime-node/bin/napi-v6/linux/arm64 \
      node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1

# npm has ONNX Runtime for the processor alone. The same release with its CUDA provider is taken from a Python
# wheel, whose digest is pinned in onnxruntime-gpu.txt; pip refuses any other bytes.
FROM python:3.12-slim-bookworm AS provider
WORKDIR /provider
COPY infra/onnxruntime-gpu.txt ./
RUN pip download --no-cache-dir --no-deps --only-binary=:all: --require-hashes -r onnxruntime-gpu.txt -d wheel \
 && python -m zipfile -e wheel/*.whl unpacked \
 && mkdir linux-x64 \
 && cp unpacked/onnxruntime/capi/libonnxruntime.so.1.* linux-x64/libonnxruntime.so.1 \
 && cp unpacked/onnxruntime/capi/libonnxruntime_providers_shared.so \
       unpacked/onnxruntime/capi/libonnxruntime_providers_cuda.so linux-x64/

# What the provider links: CUDA 13 and cuDNN 9.
FROM nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04
WORKDIR /app
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
COPY --from=packages /app/node_modules node_modules
COPY --from=provider /provider/linux-x64/ node_modules/onnxruntime-node/bin/napi-v6/linux/x64/
COPY package.json ./
COPY api api
COPY shared shared
COPY gpu-worker gpu-worker
COPY cli cli

# Models and their converted weights are kept in /data.
RUN useradd --system --uid 10001 --no-create-home plumbline && install -d -o plumbline /data
VOLUME /data
USER 10001
ENV PLUMBLINE_HOME=/data PLUMBLINE_WORKER_HOST=0.0.0.0 PLUMBLINE_WORKER_PORT=8788 \
    PLUMBLINE_PROVIDER=cuda PLUMBLINE_PRECISION=float16
EXPOSE 8788
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8788/healthz').then(({ok}) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# A GPU, a driver or a library that is missing is said in a sentence before a model is fetched.
CMD ["sh", "-c", "node cli/plumbline.ts worker --check && exec node cli/plumbline.ts worker"]
