package org.craq.manager.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.craq.core.chain.Chain;
import org.craq.core.chain.NodeId;
import org.craq.manager.membership.ChainStatus;
import org.craq.manager.membership.ChainStatus.MemberStatus;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Finds the member that accepts a write, and the one that should serve a read. The answer is a hint: whether a member
 * may serve is decided by its own lease. Thread-safe.
 */
public final class Router {
    private final Supplier<List<ChainStatus>> chains;
    private final ReadPolicy policy;
    private final AtomicInteger turn = new AtomicInteger();

    /**
     * Creates a router.
     *
     * @param chains returns the state of all chains at the moment of the call; called for each request
     */
    public Router(Supplier<List<ChainStatus>> chains, ReadPolicy policy) {
        this.chains = chains;
        this.policy = policy;
    }

    /**
     * Returns the configuration of one chain.
     *
     * @param id empty for the only chain
     */
    public Chain chain(String id) {
        ChainStatus status = chains.get().stream()
                .filter(each -> id.isEmpty() || each.id().value().equals(id))
                .findFirst()
                .orElseThrow(() -> new CraqException(ErrorCode.NOT_FOUND, "there is no chain '" + id + "'"));
        return formed(status);
    }

    /**
     * Returns the member that accepts writes of a file.
     *
     * @throws CraqException NO_CHAIN with what is missing
     */
    public Route writeHead(String file) {
        ChainStatus status = chainOf(file);
        Chain chain = formed(status);
        MemberStatus head = status.members().get(0);
        if (!head.mayAct()) {
            throw new CraqException(
                    ErrorCode.NO_CHAIN,
                    "the head of chain " + chain.id() + ", " + chain.head().node() + ", is gone; " + status.note());
        }
        return new Route(chain.id(), chain.epoch(), head.member());
    }

    /**
     * Returns the member that should serve a read of a file.
     *
     * @param avoid nodes that the caller could not reach; they are chosen last
     * @throws CraqException NO_CHAIN with what is missing
     */
    public Route readNode(String file, Set<NodeId> avoid) {
        ChainStatus status = chainOf(file);
        Chain chain = formed(status);
        // A member that was not heard from recently may still serve, especially when this manager has just started; it
        // is the second choice.
        return inOrderOfPolicy(status).stream()
                .filter(each -> each.member().complete() && each.mayAct())
                .min(Comparator.<MemberStatus, Boolean>comparing(
                                each -> avoid.contains(each.member().node()))
                        .thenComparing(each -> !each.alive()))
                .map(each -> new Route(chain.id(), chain.epoch(), each.member()))
                .orElseThrow(() -> new CraqException(
                        ErrorCode.NO_CHAIN, "no member of chain " + chain.id() + " may serve now; " + status.note()));
    }

    private List<MemberStatus> inOrderOfPolicy(ChainStatus status) {
        int last = status.members().size() - 1;
        List<MemberStatus> order = new ArrayList<>(status.members());
        List<MemberStatus> inTurn = policy == ReadPolicy.SPREAD ? order : order.subList(0, last);
        // Rotates only among those that can be chosen; otherwise the one after a gap would be chosen twice as often.
        inTurn.removeIf(each -> !each.member().complete() || !each.alive());
        if (!inTurn.isEmpty()) {
            Collections.rotate(inTurn, -Math.floorMod(turn.getAndIncrement(), inTurn.size()));
        }
        List<MemberStatus> result = new ArrayList<>();
        if (policy == ReadPolicy.TAIL_PREFERRED) {
            result.add(status.members().get(last));
        }
        result.addAll(inTurn);
        status.members().stream().filter(each -> !result.contains(each)).forEach(result::add);
        return result;
    }

    /** Returns the chain of a file; there is only one chain so far. */
    private ChainStatus chainOf(String file) {
        return chains.get().stream()
                .findFirst()
                .orElseThrow(() -> new CraqException(ErrorCode.NO_CHAIN, "no chain holds file '" + file + "'"));
    }

    private static Chain formed(ChainStatus status) {
        Optional<Chain> chain = status.chain();
        return chain.orElseThrow(() -> new CraqException(ErrorCode.NO_CHAIN, status.note()));
    }
}
