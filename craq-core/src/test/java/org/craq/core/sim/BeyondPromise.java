package org.craq.core.sim;

/**
 * More went wrong than the guarantees cover: one node lost its disk, and before anybody could know it, the managers had
 * to continue without the last other complete member. The run proves nothing.
 */
final class BeyondPromise extends RuntimeException {
    private static final long serialVersionUID = 1;

    BeyondPromise() {
        super("every complete member has lost its disk");
    }
}
