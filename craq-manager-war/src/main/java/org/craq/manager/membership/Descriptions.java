package org.craq.manager.membership;

import java.util.stream.Collectors;
import org.craq.core.chain.Chain;

/** Configurations in the words of a log line. */
final class Descriptions {
    private Descriptions() {}

    static String members(Chain chain) {
        return chain.members().stream()
                .map(member -> member.node() + (member.complete() ? "" : " (catching up)"))
                .collect(Collectors.joining(" -> "));
    }
}
