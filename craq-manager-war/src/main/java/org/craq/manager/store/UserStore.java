package org.craq.manager.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.craq.security.Quota;
import org.craq.security.UserRecords;
import org.craq.security.UserRecords.Signer;

/** Users, keys, grants and quotas in the database. Each method is one transaction; after an exception its outcome is unknown. */
@ApplicationScoped
@Transactional
public class UserStore {
    @PersistenceContext(unitName = "craq-manager")
    private EntityManager entities;

    /** Reads everything. */
    public UserRecords read() {
        RightsVersionRow row = entities.find(RightsVersionRow.class, RightsVersionRow.RIGHTS);
        if (row == null) {
            throw new IllegalStateException("the row '" + RightsVersionRow.RIGHTS
                    + "' of the table rights_version is missing: restore it from a backup, or insert it with a version"
                    + " higher than any before, while no manager runs");
        }
        return new UserRecords(
                row.version(),
                all(UserRow.class)
                        .map(UserRow::userRecord)
                        .collect(Collectors.toMap(user -> user.user().name(), user -> user)),
                all(AccessKeyRow.class)
                        .map(AccessKeyRow::keyRecord)
                        .collect(Collectors.toMap(key -> key.key().id(), key -> key)),
                all(SigningKeyRow.class)
                        .map(SigningKeyRow::signer)
                        .collect(Collectors.toMap(Signer::id, signer -> signer)),
                all(RevokedTokenRow.class).collect(Collectors.toMap(RevokedTokenRow::id, RevokedTokenRow::expires)),
                all(QuotaRow.class).map(QuotaRow::quota).collect(Collectors.toMap(Quota::prefix, quota -> quota)));
    }

    private <T> java.util.stream.Stream<T> all(Class<T> rows) {
        return entities.createQuery("SELECT r FROM " + rows.getSimpleName() + " r", rows)
                .getResultStream();
    }

    /**
     * Records what differs by compare-and-set on the version.
     *
     * @return false if the database has another version than {@code before}; nothing has changed then
     */
    public boolean replace(UserRecords before, UserRecords after) {
        boolean same = entities.createQuery("UPDATE RightsVersionRow r SET r.version = :after"
                                + " WHERE r.name = :name AND r.version = :before")
                        .setParameter("after", after.version())
                        .setParameter("name", RightsVersionRow.RIGHTS)
                        .setParameter("before", before.version())
                        .executeUpdate()
                == 1;
        if (same) {
            replace(UserRow.class, before.users(), after.users(), (id, user) -> new UserRow(user));
            replace(AccessKeyRow.class, before.keys(), after.keys(), (id, key) -> new AccessKeyRow(key));
            replace(SigningKeyRow.class, before.signers(), after.signers(), (id, signer) -> new SigningKeyRow(signer));
            replace(RevokedTokenRow.class, before.revoked(), after.revoked(), RevokedTokenRow::new);
            replace(QuotaRow.class, before.quotas(), after.quotas(), (prefix, quota) -> new QuotaRow(quota));
        }
        return same;
    }

    private <T> void replace(
            Class<?> rows, Map<String, T> before, Map<String, T> after, BiFunction<String, T, Object> row) {
        before.keySet().stream()
                .filter(id -> !after.containsKey(id))
                .forEach(id -> entities.remove(entities.getReference(rows, id)));
        after.forEach((id, value) -> {
            if (!value.equals(before.get(id))) {
                entities.merge(row.apply(id, value));
            }
        });
    }
}
