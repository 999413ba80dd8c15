package org.craq.manager.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.craq.security.UserRecords;
import org.craq.security.UserRecords.KeyRecord;
import org.craq.security.UserRecords.UserRecord;

/** What a change makes of a user, in words for the audit trail; without any secret or its digest. */
final class UserChange {
    private UserChange() {}

    /** Returns the differences, each after a semicolon; empty if there are none. */
    static String words(String name, UserRecords before, UserRecords after) {
        Optional<UserRecord> former = Optional.ofNullable(before.users().get(name));
        Optional<UserRecord> next = Optional.ofNullable(after.users().get(name));
        List<String> words = new ArrayList<>();
        add(words, "enabled", former.map(each -> each.user().enabled()), next.map(each -> each.user()
                .enabled()));
        add(
                words,
                "grants",
                former.map(each -> UserView.texts(each.user().grants())),
                next.map(each -> UserView.texts(each.user().grants())));
        add(words, "tokens from", former.map(each -> each.user().tokensFrom()), next.map(each -> each.user()
                .tokensFrom()));
        if (!former.flatMap(UserRecord::password).equals(next.flatMap(UserRecord::password))) {
            words.add("password " + (next.flatMap(UserRecord::password).isPresent() ? "set" : "gone"));
        }
        keys(words, before.keys(), after.keys());
        return words.isEmpty() ? "" : "; " + String.join("; ", words);
    }

    private static void keys(List<String> words, Map<String, KeyRecord> before, Map<String, KeyRecord> after) {
        after.forEach((id, key) -> {
            KeyRecord former = before.get(id);
            if (former == null) {
                words.add("key " + id + " expires "
                        + key.key().expires().map(Objects::toString).orElse("never") + ", limits "
                        + key.key()
                                .limits()
                                .map(UserView::texts)
                                .map(Objects::toString)
                                .orElse("none"));
            } else if (former.deleted() != key.deleted()) {
                words.add("key " + id + " deleted");
            }
        });
    }

    private static void add(List<String> words, String what, Optional<?> before, Optional<?> after) {
        if (!before.equals(after)) {
            words.add(what + " " + text(before) + " -> " + text(after));
        }
    }

    private static String text(Optional<?> value) {
        return value.map(Objects::toString).orElse("none");
    }
}
