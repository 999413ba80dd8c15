package org.craq.wire;

import io.grpc.Context;
import java.util.Optional;
import java.util.OptionalLong;

/** The progress of a call's client with the message that it is sending. */
public interface Progress {
    /** The progress of the call that the current thread serves. */
    Context.Key<Progress> KEY = Context.key("org.craq.progress");

    /** The progress of a call that is not watched. */
    Progress UNKNOWN = new Progress() {
        @Override
        public OptionalLong within() {
            return OptionalLong.empty();
        }

        @Override
        public void cut(String reason) {
            // There is no call to cut.
        }
    };

    /**
     * Returns when the last 64 KiB of an incomplete message arrived, by {@link System#nanoTime}; empty while no message
     * is incomplete.
     */
    OptionalLong within();

    /** Ends the call without an answer, and discards what is still on its way to the client. */
    void cut(String reason);

    /** Returns the progress of the call that the current thread serves. */
    static Progress ofThisCall() {
        return Optional.ofNullable(KEY.get()).orElse(UNKNOWN);
    }
}
