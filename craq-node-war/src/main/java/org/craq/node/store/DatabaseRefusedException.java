package org.craq.node.store;

/**
 * The database in place is not the one that a node's disk has last seen. An operator has to decide; until then the node
 * takes no part in its chains.
 */
public final class DatabaseRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the refusal.
     *
     * @param text what is wrong and what to do, without a full stop
     */
    public DatabaseRefusedException(String text) {
        super(text);
    }
}
