package org.craq.node.store;

import java.util.Map;
import java.util.Set;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.NodeId;

/**
 * That a node serves in all its chains, in these epochs, and that every member of them is recorded complete: then each holds what the
 * others hold.
 *
 * @param members of all the chains, this node among them
 */
public record Heard(Map<ChainId, Epoch> epochs, Set<NodeId> members) {
    public Heard {
        epochs = Map.copyOf(epochs);
        members = Set.copyOf(members);
    }
}
