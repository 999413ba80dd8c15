package org.craq.node.admin;

import java.util.ArrayList;
import java.util.List;
import org.craq.node.replication.ChainDriver;
import org.craq.node.replication.MemberView;
import org.craq.node.runtime.NodeRuntime;
import org.craq.server.HealthPage;
import org.craq.server.HealthPage.Check;

/** A node's health: live unless only a restart can help, ready while one of its members may answer. */
final class NodeHealth {
    private final NodeRuntime node;

    NodeHealth(NodeRuntime node) {
        this.node = node;
    }

    /**
     * Returns the health of a node that can't start yet. It is live, as a restart would not help.
     *
     * @param refusesDatabase true if it waits for the right database or for an operator's decision
     */
    static HealthPage waiting(boolean live, boolean refusesDatabase, String reason) {
        return new HealthPage(List.of(new Check(refusesDatabase ? "database" : "start", live ? "" : reason)));
    }

    HealthPage live() {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("store", node.storage().store().failure()));
        members().forEach(view -> checks.add(new Check("chain " + view.report().chain(), view.failure())));
        return new HealthPage(checks);
    }

    HealthPage ready() {
        if (members().stream().anyMatch(MemberView::serves)) {
            return new HealthPage(List.of(new Check("serving", "")));
        }
        return node.members()
                .refusal()
                .map(reason -> new HealthPage(List.of(new Check("database", reason))))
                .orElseGet(() -> new HealthPage(List.of(new Check("serving", whyNot()))));
    }

    private String whyNot() {
        String trouble = node.members().failure().orElseGet(() -> node.manager().trouble());
        return trouble.isEmpty() ? "no member of this node has a lease and is complete" : trouble;
    }

    private List<MemberView> members() {
        return node.members().drivers().values().stream().map(ChainDriver::view).toList();
    }
}
