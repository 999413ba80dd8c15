package org.craq.wire;

import io.grpc.Context;
import java.util.Optional;
import java.util.OptionalLong;

/** How a call's client gets on with the message that it is sending. */
public interface Progress {
    /** Of the call that the present thread serves. */
    Context.Key<Progress> KEY = Context.key("org.craq.progress");

    /** Of a call that is not watched. */
    Progress UNKNOWN = new Progress() {
        @Override
        public OptionalLong within() {
            return OptionalLong.empty();
        }

        @Override
        public void cut(String reason) {
            // Nothing is known of it.
        }
    };

    /** When the last 64 KiB of a message came that is not whole yet, by {@link System#nanoTime}; empty while there is no such message. */
    OptionalLong within();

    /** Ends the call without a word and lets go of what is on its way to the client. */
    void cut(String reason);

    /** That of the call which the present thread serves. */
    static Progress ofThisCall() {
        return Optional.ofNullable(KEY.get()).orElse(UNKNOWN);
    }
}
