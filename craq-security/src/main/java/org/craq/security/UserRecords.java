package org.craq.security;

import java.security.PublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Everything that a manager's database holds on users and quotas at one version. Immutable; the {@code with} methods return the records as
 * of the next version.
 *
 * @param users by name
 * @param keys by id
 * @param signers by id
 * @param revoked tokens by id, with the time when each expires by itself
 * @param quotas by prefix
 */
public record UserRecords(
        long version,
        Map<String, UserRecord> users,
        Map<String, KeyRecord> keys,
        Map<String, Signer> signers,
        Map<String, Instant> revoked,
        Map<String, Quota> quotas) {
    /** Copies and sorts the maps. */
    public UserRecords {
        users = Map.copyOf(users);
        keys = Map.copyOf(keys);
        signers = Map.copyOf(signers);
        revoked = Map.copyOf(revoked);
        quotas = Map.copyOf(quotas);
    }

    /**
     * A user as recorded.
     *
     * @param password hash; empty if the user has none
     */
    public record UserRecord(User user, Optional<String> password, Instant created) {}

    /** A key as recorded. A deleted one stays recorded. */
    public record KeyRecord(AccessKey key, boolean deleted, Instant created) {}

    /** A key with which a manager has signed tokens. */
    public record Signer(String id, PublicKey publicKey, Instant created) {}

    /** Returns the same records as of another version. */
    public UserRecords version(long other) {
        return new UserRecords(other, users, keys, signers, revoked, quotas);
    }

    /** Returns the records with a user added or replaced. */
    public UserRecords with(UserRecord record) {
        return new UserRecords(version + 1, put(users, record.user().name(), record), keys, signers, revoked, quotas);
    }

    /** Returns the records with a key added or replaced. */
    public UserRecords with(KeyRecord record) {
        return new UserRecords(version + 1, users, put(keys, record.key().id(), record), signers, revoked, quotas);
    }

    /** Returns the records with a signer added. */
    public UserRecords with(Signer signer) {
        return new UserRecords(version + 1, users, keys, put(signers, signer.id(), signer), revoked, quotas);
    }

    /** Returns the records with a token revoked. */
    public UserRecords withRevoked(String token, Instant expires) {
        return new UserRecords(version + 1, users, keys, signers, put(revoked, token, expires), quotas);
    }

    /** Returns the records with a quota added or replaced. */
    public UserRecords with(Quota quota) {
        return new UserRecords(version + 1, users, keys, signers, revoked, put(quotas, quota.prefix(), quota));
    }

    /** Returns the records without a quota. */
    public UserRecords withoutQuota(String prefix) {
        return new UserRecords(version + 1, users, keys, signers, revoked, filtered(quotas, quota -> !quota.prefix()
                .equals(prefix)));
    }

    /** Returns the records without a user, whose keys are deleted. */
    public UserRecords without(String user) {
        Map<String, UserRecord> rest = new HashMap<>(users);
        rest.remove(user);
        Map<String, KeyRecord> kept = keys.values().stream()
                .map(key -> key.key().user().equals(user) ? new KeyRecord(key.key(), true, key.created()) : key)
                .collect(Collectors.toMap(key -> key.key().id(), key -> key));
        return new UserRecords(version + 1, rest, kept, signers, revoked, quotas);
    }

    /** Returns the records without what no token that is still accepted can refer to. */
    public UserRecords cleaned(Instant now, Instant oldestSigner) {
        Map<String, Signer> young =
                filtered(signers, signer -> !signer.created().isBefore(oldestSigner));
        Map<String, Instant> open = filtered(revoked, expires -> expires.isAfter(now));
        return young.size() == signers.size() && open.size() == revoked.size()
                ? this
                : new UserRecords(version + 1, users, keys, young, open, quotas);
    }

    private static <T> Map<String, T> put(Map<String, T> map, String id, T value) {
        Map<String, T> changed = new HashMap<>(map);
        changed.put(id, value);
        return changed;
    }

    private static <T> Map<String, T> filtered(Map<String, T> map, Predicate<T> kept) {
        return map.entrySet().stream()
                .filter(entry -> kept.test(entry.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Returns what servers need in order to decide: no passwords, no deleted keys. */
    public Rights rights(String cluster) {
        Map<String, User> known = new TreeMap<>();
        users.values().forEach(record -> known.put(record.user().name(), record.user()));
        Map<String, AccessKey> usable = new TreeMap<>();
        keys.values().stream()
                .filter(record -> !record.deleted())
                .forEach(record -> usable.put(record.key().id(), record.key()));
        Map<String, PublicKey> verifying = new TreeMap<>();
        signers.values().forEach(signer -> verifying.put(signer.id(), signer.publicKey()));
        return new Rights(version, cluster, known, usable, verifying, revoked.keySet(), List.copyOf(quotas.values()));
    }
}
