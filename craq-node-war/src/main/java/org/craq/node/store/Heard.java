package org.craq.node.store;

import java.util.Map;
import java.util.Set;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.NodeId;

/**
 * The fact that this node serves in all its chains, in these epochs, and that every member of them is recorded
 * complete, so that each holds what the others hold.
 *
 * @param epochs the present epoch of each chain
 * @param members members of all the chains, including this node
 */
public record Heard(Map<ChainId, Epoch> epochs, Set<NodeId> members) {
    public Heard {
        epochs = Map.copyOf(epochs);
        members = Set.copyOf(members);
    }
}
