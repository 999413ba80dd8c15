package org.craq.core.sim;

/**
 * More went wrong than the guarantees cover: one node lost its disk, and before anybody could know the managers had to do
 * without the last other complete member. The run tells nothing.
 */
final class BeyondPromise extends RuntimeException {
    private static final long serialVersionUID = 1;

    BeyondPromise() {
        super("every complete member has lost its disk");
    }
}
