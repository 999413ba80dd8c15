package org.craq.manager.membership;

import java.util.stream.Collectors;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Member;

/** Describes configurations for log lines. */
final class Descriptions {
    private Descriptions() {}

    private static String note(Chain chain, Member member) {
        if (chain.learners().contains(member)) {
            return " (learner)";
        }
        return member.complete() ? "" : " (catching up)";
    }

    static String members(Chain chain) {
        return chain.line().stream()
                .map(member -> member.node() + note(chain, member))
                .collect(Collectors.joining(" -> "));
    }
}
