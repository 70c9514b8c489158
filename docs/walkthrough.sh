#!/usr/bin/env bash
# The walk of the README as one script: `docs/walkthrough.sh`, while `make run` is running.
# Every answer is checked: a status other than the expected one ends it with exit code 1. tests/e2e runs it.
# Needs bash, curl and python3. XIAOHAO_URL, XIAOHAO_HOME, XIAOHAO_PASSWORD, XIAOHAO_LANG and XIAOHAO change its ways.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# --- the blocks of the README follow, word for word; tests/e2e compares them

API=${XIAOHAO_URL:-http://127.0.0.1:8000}/api/v1
PASSWORD=${XIAOHAO_PASSWORD:-$(cat "${XIAOHAO_HOME:-.xiaohao}/demo-password")}
SAYS=${XIAOHAO_LANG:-en}                        # or zh
W=$(mktemp -d)                                  # tokens, the last answer, photographs

json() { python3 -c '
import json, sys
def dig(data, path):
    for name in path.split("."):
        data = data[int(name)] if isinstance(data, list) else (data or {}).get(name)
    return data
said, (what, *paths) = json.load(sys.stdin), sys.argv[1:]
if what == "value":                             # one value
    print(dig(said, paths[0]))
elif what == "case":                            # the id of the case with this title
    print(next(row["case_id"] for row in said["cases"] if row["title"] == paths[0]))
elif what == "rows":                            # a line for each member of a list
    for row in dig(said, paths[0]):
        print("   ", *(dig(row, path) for path in paths[1:]), sep="  ")
elif "code" in said:                            # a refusal: rule, article, reason
    print(said["code"], said["rule"], said["article"] or "", said["detail"], sep=" | ")
elif "case" in said:                            # a command that took effect
    print(said["case"]["number"], *(event["event"] for event in said["events"]), "->", said["case"]["state"])
else:
    print(next((said[key] for key in ("number", "display_name", "purpose") if key in said), "ok"))
' "$@" < "$W/answer"; }

send() {                                        # send STATUS WHO PATH [curl options]
  local want=$1 who=$2 path=$3 got; shift 3
  got=$(curl -sS -o "$W/answer" -w '%{http_code}' -H @"$W/$who" -H "Accept-Language: $SAYS" \
    "$@" "$API$path")
  printf '%-13s%s  %s\n' "$who" "$got" "$(json line)"
  [ "$got" = "$want" ] || { echo "expected $want: $path"; cat "$W/answer"; echo; return 1; } >&2
}
new_key() { python3 -c 'import uuid; print(uuid.uuid4())'; }
get() { send "$@"; }                            # get STATUS WHO PATH
post() {                                        # post STATUS WHO PATH JSON [KEY]
  send "$1" "$2" "$3" -H 'Content-Type: application/json' -H "Idempotency-Key: ${5:-$(new_key)}" -d "$4"
}
give() { post "$1" "$2" "/cases/$3/commands/$4" "$5"; }       # give STATUS WHO CASE COMMAND JSON
photo() {                                       # photo WHO CASE PURPOSE: draws one, uploads it, leaves its id in $PHOTO
  python3 -c '
import os, struct, sys, zlib
def part(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = zlib.compress(b"".join(b"\0" + os.urandom(96) for _ in range(32)))
sys.stdout.buffer.write(b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">2I5B", 32, 32, 8, 2, 0, 0, 0))
                        + part(b"IDAT", rows) + part(b"IEND", b""))
' > "$W/photo.png"
  send 201 "$1" "/cases/$2/evidence" -H "Idempotency-Key: $(new_key)" -F "file=@$W/photo.png" -F "purpose=$3"
  PHOTO=$(json value evidence_id)
}

echo '== 1. Everybody signs in; the token goes into a header file that curl reads'
for who in inspector inspector2 inspector3 section_head deputy_head head enterprise enterprise2 assessor; do
  curl -sS -o "$W/answer" "$API/tokens" -H 'Content-Type: application/json' \
    -d '{"username": "'$who'", "password": "'"$PASSWORD"'", "name": "walk-through", "days": 1}'
  echo "Authorization: Bearer $(json value token)" > "$W/$who"
done
get 200 inspector /me;    INSPECTOR=$(json value user_id)
get 200 inspector2 /me;   SECOND=$(json value user_id)
get 200 inspector3 /me;   THIRD=$(json value user_id)
get 200 section_head /me; CHIEF=$(json value user_id)
get 200 enterprise /me;   FIRM=$(json value enterprise_id)
get 200 assessor /me;     AGENCY=$(json value assessor_org_id)

echo '== 2. One inspection, three findings, one of them perhaps major: three numbered cases and one order'
BEGAN=$(python3 -c 'from datetime import *; print((datetime.now(timezone.utc) - timedelta(hours=1)).isoformat())')
ENDED=$(python3 -c 'from datetime import *; print(datetime.now(timezone.utc).isoformat())')
VISIT='{
  "enterprise_id": "'$FIRM'", "kind": "special", "officers": ["'$INSPECTOR'", "'$SECOND'"],
  "started_at": "'$BEGAN'", "ended_at": "'$ENDED'", "place": "一车间及除尘间", "summary": "粉尘涉爆专项检查",
  "findings": [
    {"title": "干式除尘系统未设泄爆装置", "description": "木粉尘袋式除尘器箱体无泄爆口，也无惰化、抑爆措施。",
     "location": "一车间外墙除尘间", "risk_colour": "red", "deadline_days": 60,
     "requirements": ["停用该除尘系统", "加装泄爆装置并经验收"],
     "suspected_major": {"standard_id": "gongmao.2023", "version": "2023", "clause": "第十一条"}},
    {"title": "砂光机接地线松动", "requirements": ["重新紧固接地线并测试接地电阻"], "deadline_days": 7},
    {"title": "打磨区积尘未及时清扫", "requirements": ["清扫地面、设备和横梁积尘", "建立清扫记录"]}],
  "service": {"served_at": "'$ENDED'", "method": "in_person"}}'
KEY=$(new_key)
post 201 inspector /inspections "$VISIT" "$KEY"
json rows cases number state title; echo "      $(json value order_no)"
MAJOR=$(json case 干式除尘系统未设泄爆装置)
WIRE=$(json case 砂光机接地线松动)
DUST=$(json case 打磨区积尘未及时清扫)
INSPECTION=$(json value inspection_id)
post 200 inspector /inspections "$VISIT" "$KEY"            # the same key again: the same inspection, nothing new

echo '== 3. The grade: an inspector may not determine it, a section head may'
STANDARD='{"standard_id": "gongmao.2023", "version": "2023", "clause": "第十一条"}'
GRADE='{"grade": "major", "standard": '$STANDARD', "reason": "经会商，符合判定标准所列情形。"}'
give 403 inspector "$MAJOR" determine_grade "$GRADE"
give 200 section_head "$MAJOR" determine_grade "$GRADE"

echo '== 4. The double report: to the department, which acknowledges it, and to the staff congress'
give 200 enterprise "$MAJOR" report_major_hazard '{"present_state": "除尘器无泄爆口，建厂时未设计。",
  "harm_and_difficulty": "可能发生粉尘爆炸；改造需停产约二十日。", "treatment": "停用、加装泄爆装置、验收后恢复。"}'
give 200 inspector "$MAJOR" acknowledge_report '{}'
photo enterprise "$MAJOR" 职工大会记录
TODAY=$(TZ=Asia/Shanghai date +%F)
give 200 enterprise "$MAJOR" report_to_congress '{"held_on": "'$TODAY'", "evidence": ["'$PHOTO'"]}'

echo '== 5. The plan: refused while a part of the five-in-place is missing, saying which; then complete'
give 409 enterprise "$MAJOR" file_plan '{"goals": "消除粉尘爆炸风险", "responsibility": "总经理负责，安环部实施",
  "measures": "加装泄爆装置和火花探测装置", "time_limit": "六十日内完成", "contingency": "停用期间停止砂光作业"}'
give 200 enterprise "$MAJOR" file_plan '{"goals": "消除粉尘爆炸风险", "responsibility": "总经理负责，安环部实施",
  "measures": "加装泄爆装置和火花探测装置", "funds": "三十万元，已列支", "time_limit": "六十日内完成",
  "contingency": "停用期间停止砂光作业"}'
give 200 section_head "$MAJOR" accept_plan '{"opinion": "同意。"}'

echo '== 6. Completion: refused without evidence, accepted with a photograph'
give 409 enterprise "$MAJOR" signal_completion '{"text": "泄爆装置已安装。"}'
photo enterprise "$MAJOR" 整改后照片
give 200 enterprise "$MAJOR" signal_completion '{"text": "泄爆装置已安装。", "evidence": ["'$PHOTO'"]}'
for one in "$WIRE" "$DUST"; do
  photo enterprise "$one" 整改后照片
  give 200 enterprise "$one" signal_completion '{"text": "已按要求整改。", "evidence": ["'$PHOTO'"]}'
done

echo '== 7. A major hazard is assessed before it can pass'
PASS='[{"no": 1, "passed": true}, {"no": 2, "passed": true}]'
give 409 inspector3 "$MAJOR" reinspect '{"officers": ["'$THIRD'", "'$INSPECTOR'"], "findings": '"$PASS"'}'
give 200 enterprise "$MAJOR" commission_assessment '{"assessor_org_id": "'$AGENCY'", "independence_declared": true}'
photo assessor "$MAJOR" 评估报告
give 200 assessor "$MAJOR" file_assessment '{"conclusion": "effective", "text": "达到治理要求。", "evidence": ["'$PHOTO'"]}'

echo '== 8. Re-inspection: not by those alone who signed the order; one case passes, one fails, each item by itself'
give 403 inspector "$MAJOR" reinspect '{"officers": ["'$INSPECTOR'", "'$SECOND'"], "findings": '"$PASS"'}'
give 200 inspector3 "$MAJOR" reinspect '{"officers": ["'$THIRD'", "'$INSPECTOR'"], "findings": '"$PASS"'}'
give 200 inspector "$WIRE" reinspect '{"officers": ["'$INSPECTOR'", "'$CHIEF'"], "findings": [{"no": 1, "passed": true}]}'
give 200 inspector "$DUST" reinspect '{"officers": ["'$INSPECTOR'", "'$SECOND'"], "new_deadline_days": 5,
  "findings": [{"no": 1, "passed": true}, {"no": 2, "passed": false, "note": "未见清扫记录"}]}'

echo '== 9. Sign-off: by the right rank, and by somebody else than the re-inspecting officers'
give 403 section_head "$MAJOR" sign_off '{"opinion": "同意销号。"}'     # a major hazard takes the head
give 200 head "$MAJOR" sign_off '{"opinion": "同意销号。"}'
give 403 section_head "$WIRE" sign_off '{"opinion": "同意销号。"}'      # was there at the re-inspection
give 200 deputy_head "$WIRE" sign_off '{"opinion": "同意销号。"}'

echo '== 10. The rehearsal: what the next thirty days bring if nobody acts; the case is not touched'
post 200 section_head "/cases/$DUST/rehearsals" '{"days": 30}'
json rows days date "state_label.$SAYS" "happenings.0.text.$SAYS" | sed -n 1,12p

echo '== 11. Measures: proposed by one, approved by another of the right rank, who sees what follows each answer'
TALK='{"kind": "warning_talk", "cause": "清扫记录复查不合格，约谈企业主要负责人。"}'
give 200 inspector "$DUST" propose_measure "$TALK"
NUMBER=$(json value case.number); MEASURE="/cases/$DUST/measures/$(json value events.0.facts.measure_id)"
post 403 inspector "$MEASURE/approve" '{"opinion": "同意。"}'
get 200 deputy_head "/approvals?limit=100"
json rows items number "label.$SAYS" "duty.$SAYS" "answers.0.then.$SAYS" | grep "$NUMBER"
post 200 deputy_head "$MEASURE/approve" '{"opinion": "同意约谈。"}'
get 200 inspector "$MEASURE"; json rows steps allowed "label.$SAYS" | grep True
give 200 deputy_head "$DUST" propose_measure '{"kind": "supervision_letter", "cause": "督促按期清扫。"}'
LETTER="/cases/$DUST/measures/$(json value events.0.facts.measure_id)"
post 403 deputy_head "$LETTER/approve" '{"opinion": "同意。"}'     # nobody approves what they proposed
post 200 section_head "$LETTER/approve" '{"opinion": "同意。"}'
get 200 section_head "/cases/$DUST/instruments"; json rows items number "label.$SAYS"

echo '== 12. Looking: the list, the search, the explanation, the ledger, the worklist; and what is not yours'
get 200 inspector "/cases?inspection=$INSPECTION&sort=number"; json rows items number state failures title
send 200 inspector /cases --get --data-urlencode q=泄爆 -d sort=-opened_at -d limit=2; json rows items number title
get 200 enterprise "/cases/$DUST/explanation"
echo "      $(json value "why.$SAYS")"; json rows clocks key last_day basis "otherwise.$SAYS"; json rows commands allowed command | grep True
get 200 section_head "/cases/$MAJOR/events"; json rows items seq event actor.name hash
get 200 inspector "/tasks?limit=5"; json rows items number "label.$SAYS" last_day overdue
get 404 enterprise2 "/cases/$DUST"

echo '== 13. The proof: the hash chains hold, and ledger, read model and workflows agree'
"${XIAOHAO:-.venv/bin/xiaohao}" verify
rm -r "$W"
