package org.craq.manager.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.craq.security.AccessKey;
import org.craq.security.Grant;
import org.craq.security.Grants;
import org.craq.security.UserRecords;
import org.craq.security.UserRecords.KeyRecord;
import org.craq.security.UserRecords.UserRecord;

/**
 * A user as administrators see it; no secret is shown.
 *
 * @param grants as ROLE:PREFIX
 * @param createdAt ISO 8601, UTC
 */
public record UserView(
        String name, boolean enabled, boolean hasPassword, List<String> grants, List<KeyView> keys, String createdAt) {
    /** All users. */
    public record UsersView(List<UserView> users) {
        static UsersView of(UserRecords records) {
            return new UsersView(records.users().keySet().stream()
                    .sorted()
                    .map(name -> UserView.of(records, records.users().get(name)))
                    .toList());
        }
    }

    /**
     * An access key.
     *
     * @param secret shown once, when the key is created; null afterwards
     * @param limits what the key may do at most, as ROLE:PREFIX; null if it has no limits
     * @param expiresAt ISO 8601, UTC; null if the key does not expire
     */
    public record KeyView(
            String id, String secret, String user, List<String> limits, String expiresAt, String createdAt) {
        static KeyView of(KeyRecord record, String secret) {
            AccessKey key = record.key();
            return new KeyView(
                    key.id(),
                    secret,
                    key.user(),
                    key.limits().map(UserView::texts).orElse(null),
                    key.expires().map(Instant::toString).orElse(null),
                    record.created().toString());
        }
    }

    static UserView of(UserRecords records, UserRecord record) {
        return new UserView(
                record.user().name(),
                record.user().enabled(),
                record.password().isPresent(),
                texts(record.user().grants()),
                records.keys().values().stream()
                        .filter(key -> !key.deleted()
                                && key.key().user().equals(record.user().name()))
                        .sorted((one, other) -> one.created().compareTo(other.created()))
                        .map(key -> KeyView.of(key, null))
                        .toList(),
                record.created().toString());
    }

    static List<String> texts(Grants grants) {
        return grants.all().stream().map(Grant::toString).toList();
    }

    /**
     * Parses grants.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    static Grants grants(List<String> texts) {
        return Grants.of(texts.stream().map(Grant::of).toList());
    }

    static Optional<Grants> limits(Optional<List<String>> texts) {
        return texts.map(UserView::grants);
    }
}
