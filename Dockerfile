# SPDX-License-Identifier: MIT
# An image with the tool `geed`:
#
#   docker build -t geed .
#   docker run --rm -v "$PWD:/work" geed measure model.onnx --data images/
FROM swift:6.3-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /source
COPY . .
RUN apt-get update -qq \
  && Scripts/package.sh \
  && mkdir /geed \
  && tar -xzf dist/geed-*-linux-*.tar.gz -C /geed --strip-components 1

FROM debian:bookworm-slim
RUN apt-get update -qq \
  && apt-get install -y -qq --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /geed /opt/geed
ENV PATH="/opt/geed/bin:$PATH"
WORKDIR /work
ENTRYPOINT ["geed"]
