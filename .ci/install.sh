# shellcheck shell=bash
# What .ci/run and .ci/soak begin with: installs what the tests need (Debian, Node.js 20 or newer, npm), and counts what passed.

passed=0
failed=0
runs=0
rm -f test-results/output-*.log
finish() {
  status=$?
  trap - EXIT
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  if [ "$failed" -ne 0 ]; then grep -h -A 40 '^✖ [^ ]*: ' test-results/output-*.log | tail -n 150 || true; fi
  printf '%s passed, %s failed\n' "$passed" "$failed"
  if [ "$failed" -ne 0 ]; then exit 1; fi
}
trap finish EXIT

step() {
  printf '\n== %s\n' "$1"
}

step 'system packages'
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends \
  bubblewrap busybox-static iproute2 mount openmpi-bin openssl procps util-linux python3 python3-mpi4py python3-venv \
  apache2-utils chromium crun docker-registry docker.io e2fsprogs iptables podman skopeo umoci

step 'aws CLI and boto3'
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check -r .ci/requirements.txt
export PATH="$PWD/.venv/bin:$PATH"

step 'workflow tools'
for tools in airflow workflow-tools; do
  uv venv --quiet --allow-existing --python .venv/bin/python ".venv/$tools"
  uv pip install --quiet --python ".venv/$tools/bin/python" -r ".ci/$tools.txt"
done

step 'npm ci'
npm ci --no-audit --no-fund

# Counts a step that is no test as one.
count() {
  step "$*"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# Runs npm test with these words, and counts its tests.
run_tests() {
  step "npm test $*"
  mkdir -p test-results
  runs=$((runs + 1))
  local status=0 summary log=test-results/output-$runs.log
  BATCHYARD_REQUIRE_ALL=1 npm test -- "$@" 2>&1 | tee "$log" || status=$?
  summary=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1 || true)
  if [[ $summary =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  fi
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
}
