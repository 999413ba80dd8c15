package org.craq.wire.content;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The right to make requests on a node's content port in somebody's name (content.proto, CRAQ/2): a ticket that is shown,
 * and a key that authenticates messages. Immutable; {@code toString} shows no key.
 *
 * @param lasts for how long connections can be opened with it; empty: as long as its node runs
 * @param tls whether connections are encrypted; whoever has the session may open no others
 */
public record ContentSession(ByteString ticket, ByteString key, Optional<Duration> lasts, boolean tls) {
    /** Length of the random bytes with which a node answers the preface. */
    public static final int NONCE_BYTES = 32;

    /** Length of the code that authenticates a message. */
    public static final int MAC_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    /** Converts a session from its message; empty if the node has sent none. */
    public static Optional<ContentSession> of(org.craq.wire.v1.ContentSession message) {
        return message.getKey().isEmpty()
                ? Optional.empty()
                : Optional.of(new ContentSession(
                        message.getTicket(),
                        message.getKey(),
                        message.getSeconds() == 0
                                ? Optional.empty()
                                : Optional.of(Duration.ofSeconds(message.getSeconds())),
                        message.getTls()));
    }

    /** Converts a session to its message. */
    public org.craq.wire.v1.ContentSession toWire() {
        return org.craq.wire.v1.ContentSession.newBuilder()
                .setTicket(ticket)
                .setKey(key)
                .setSeconds((int) (long) lasts.map(Duration::toSeconds).orElse(0L))
                .setTls(tls)
                .build();
    }

    /** Derives the key of a ticket from a secret. */
    public static ByteString key(byte[] secret, ByteString ticket) {
        return ByteString.copyFrom(hmac(secret, ticket.asReadOnlyByteBuffer()));
    }

    /**
     * Returns the code of a message.
     *
     * @param nonce of the connection
     * @param number of the message in the connection, from 0
     * @param shown the ticket, if the message shows it, or nothing
     */
    public static byte[] mac(ByteString key, byte[] nonce, long number, ByteBuffer shown, ByteBuffer message) {
        ByteBuffer begin =
                ByteBuffer.allocate(nonce.length + Long.BYTES).put(nonce).putLong(number);
        return hmac(key.toByteArray(), begin.flip(), shown.duplicate(), message.duplicate());
    }

    private static byte[] hmac(byte[] key, ByteBuffer... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            for (ByteBuffer part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK can't do " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "a session of " + lasts;
    }
}
