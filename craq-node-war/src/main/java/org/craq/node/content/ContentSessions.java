package org.craq.node.content;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.craq.core.chain.NodeId;
import org.craq.security.Caller;
import org.craq.security.User;
import org.craq.server.access.Access;
import org.craq.server.access.Guard;
import org.craq.server.audit.AuditedCall;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentSession;
import org.craq.wire.v1.ContentTicket;

/**
 * The sessions with which others make requests on this node's content port. A session is a ticket, which says who it is for, and a key
 * that follows from the ticket and a secret of this process. So none of them has to be remembered, and none outlives a restart.
 * Thread-safe.
 */
public final class ContentSessions {
    private static final int SECRET_BYTES = 32;
    private static final int RANDOM_BYTES = 16;
    /** How long a user may open connections with a session; what the user may do is asked for each request. */
    private static final Duration OF_USERS = Duration.ofMinutes(10);

    /** Sessions tell their validity in whole seconds. */
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final Access access;
    private final boolean tls;
    private final SecureRandom random = new SecureRandom();
    private final byte[] secret = new byte[SECRET_BYTES];

    /**
     * Creates sessions for a node whose security is on.
     *
     * @param tls whether connections to its content port are encrypted
     */
    public ContentSessions(Access access, boolean tls) {
        this.access = access;
        this.tls = tls;
        random.nextBytes(secret);
    }

    /** Returns a session for a caller that was authenticated over TLS. */
    public ContentSession issue(Caller caller) {
        Instant now = Instant.now();
        Duration lasts = caller.assertion()
                .map(said -> Duration.between(now, said.expires()))
                .map(left -> left.compareTo(SHORTEST) < 0 ? SHORTEST : left)
                .filter(left -> left.compareTo(OF_USERS) < 0)
                .orElse(OF_USERS);
        return issue(
                ContentTicket.newBuilder()
                        .setUser(caller.user())
                        .setAccessKey(caller.key().orElse(""))
                        .addAllGroups(caller.groups())
                        .setIssued(now.toEpochMilli())
                        .setExpires(now.plus(lasts).toEpochMilli()),
                Optional.of(lasts));
    }

    /** Returns a session for pushes of another node, to which this one has a connection with TLS. */
    public ContentSession issue(NodeId node) {
        return issue(
                ContentTicket.newBuilder()
                        .setNodeId(node.value())
                        .setIssued(Instant.now().toEpochMilli()),
                Optional.empty());
    }

    private ContentSession issue(ContentTicket.Builder ticket, Optional<Duration> lasts) {
        byte[] unique = new byte[RANDOM_BYTES];
        random.nextBytes(unique);
        ByteString text = ticket.setRandom(ByteString.copyFrom(unique)).build().toByteString();
        return new ContentSession(text, ContentSession.key(secret, text), lasts, tls);
    }

    /** Returns the key that belongs to a ticket, whoever has made it up. */
    ByteString key(ByteString ticket) {
        return ContentSession.key(secret, ticket);
    }

    /** Reads a ticket whose key has been proved; empty if it is over. */
    Optional<ContentTicket> ticket(ByteString text) {
        try {
            ContentTicket ticket = ContentTicket.parseFrom(text);
            return isOver(ticket) ? Optional.empty() : Optional.of(ticket);
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private static boolean isOver(ContentTicket ticket) {
        return ticket.getExpires() != 0 && Instant.now().toEpochMilli() >= ticket.getExpires();
    }

    /**
     * Returns whether a connection must not outlive its session. What this cluster knows of a user is asked for each
     * request, but what an issuer outside of it says is only in the ticket.
     */
    boolean endsWithTicket(ContentTicket ticket) {
        return User.isOutside(ticket.getUser()) && isOver(ticket);
    }

    /**
     * Returns the user of a session at the gate of this node.
     *
     * @throws CraqException PERMISSION_DENIED for nodes, UNAUTHENTICATED if the user is gone
     */
    Guard guard(ContentTicket ticket) {
        if (ticket.getUser().isEmpty()) {
            throw new CraqException(ErrorCode.PERMISSION_DENIED, "this request is for users, not for nodes");
        }
        return new Guard(
                access,
                access.ofSession(
                        ticket.getUser(),
                        Optional.of(ticket.getAccessKey()).filter(key -> !key.isEmpty()),
                        ticket.getGroupsList(),
                        Instant.ofEpochMilli(ticket.getIssued()),
                        Instant.ofEpochMilli(ticket.getExpires())),
                AuditedCall.none());
    }
}
