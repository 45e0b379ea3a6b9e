# A worker with CUDA. Unverified: nobody has built or run this image yet (docs/gpu.md).
#   docker build -f infra/worker.Dockerfile -t plumbline-worker .
#   docker run --gpus all -p 8788:8788 -e PLUMBLINE_SECRET -v plumbline:/data plumbline-worker
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --omit=dev
# ONNX Runtime's CUDA provider is not on npm. Its package is fetched here, with a digest of your own choosing.
ARG ORT_GPU_PACKAGE
ARG ORT_GPU_SHA512
ADD ${ORT_GPU_PACKAGE} /tmp/onnxruntime-gpu.zip
RUN apt-get update && apt-get install -y --no-install-recommends unzip \
 && echo "${ORT_GPU_SHA512}  /tmp/onnxruntime-gpu.zip" | sha512sum --check \
 && unzip -j /tmp/onnxruntime-gpu.zip 'runtimes/linux-x64/native/libonnxruntime_providers_*.so' \
      -d node_modules/onnxruntime-node/bin/napi-v6/linux/x64 \
 && rm -rf node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32 \
      node_modules/onnxruntime-node/bin/napi-v6/linux/arm64

# The provider of ONNX Runtime 1.30 links CUDA 12 and cuDNN 9.
FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04
WORKDIR /app
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY shared shared
COPY gpu-worker gpu-worker
COPY cli cli
ENV PLUMBLINE_HOME=/data PLUMBLINE_WORKER_HOST=0.0.0.0 PLUMBLINE_WORKER_PORT=8788
VOLUME /data
EXPOSE 8788
CMD ["node", "cli/plumbline.ts", "worker"]
