package org.craq.node.rest;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.node.files.Labels;
import org.craq.node.files.Step;
import org.craq.node.files.UserNames;
import org.craq.server.StrictJson;

/**
 * Parses the steps of a change from JSON: {@code {"steps": [{"copy": "a", "to": "b"}, {"move": "c", "to": "d"}, {"delete": "e"},
 * {"check": "f", "ifVersion": "3-12"}]}}. Invalid input throws IllegalArgumentException that says where the mistake is.
 */
final class StepJson {
    private static final Set<String> KINDS = Set.of("copy", "move", "delete", "check");
    private static final Set<String> CONDITIONS = Set.of("ifVersion", "ifAbsent", "ifPresent");
    private static final Set<String> OF_COPIES = Set.of("to", "version", "contentType", "userMetadata");

    private final JsonObject step;
    private final String kind;

    private StepJson(JsonObject step) {
        this.step = step;
        List<String> kinds = KINDS.stream().filter(step::containsKey).toList();
        if (kinds.size() != 1) {
            throw new IllegalArgumentException("a step must have exactly one of copy, move, delete and check");
        }
        this.kind = kinds.get(0);
        Set<String> known = new HashSet<>(CONDITIONS);
        known.add(kind);
        if (copies()) {
            known.addAll(OF_COPIES);
        }
        step.keySet().stream().filter(key -> !known.contains(key)).findFirst().ifPresent(key -> {
            throw new IllegalArgumentException("a step '" + kind + "' can't have '" + key + "'");
        });
    }

    static List<Step> parse(byte[] text) {
        JsonArray steps = read(text);
        List<Step> parsed = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            try {
                if (!(steps.get(i) instanceof JsonObject step)) {
                    throw new IllegalArgumentException("a step must be an object");
                }
                parsed.add(new StepJson(step).step());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("steps[" + i + "]: " + e.getMessage(), e);
            }
        }
        return parsed;
    }

    private static JsonArray read(byte[] text) {
        JsonObject body = StrictJson.object(text);
        if (body.size() == 1 && body.get("steps") instanceof JsonArray steps) {
            return steps;
        }
        throw new IllegalArgumentException("the body must be an object with 'steps', an array, and nothing else");
    }

    private boolean copies() {
        return kind.equals("copy") || kind.equals("move");
    }

    private Step step() {
        FileName named = UserNames.of(text(kind));
        if (copies()) {
            FileName target = UserNames.of(text("to"));
            return new Step.Copy(
                    named,
                    optional("version").map(Version::parse),
                    target,
                    labels(),
                    kind.equals("move"),
                    conditions(target));
        }
        return kind.equals("delete")
                ? new Step.Delete(named, conditions(named))
                : new Step.Check(named, conditions(named));
    }

    private Optional<Labels> labels() {
        if (!step.containsKey("contentType") && !step.containsKey("userMetadata")) {
            return Optional.empty();
        }
        Map<String, String> metadata = new HashMap<>();
        if (step.containsKey("userMetadata")) {
            if (!(step.get("userMetadata") instanceof JsonObject given)) {
                throw new IllegalArgumentException("userMetadata must be an object whose values are texts");
            }
            given.forEach((key, value) -> metadata.put(key, text("userMetadata." + key, value)));
        }
        return Optional.of(new Labels(optional("contentType").orElse(""), metadata));
    }

    private List<Condition> conditions(FileName name) {
        List<Condition> conditions = new ArrayList<>();
        optional("ifVersion")
                .map(Version::parse)
                .ifPresent(version -> conditions.add(new Condition.IsVersion(name, version)));
        if (isTrue("ifAbsent")) {
            conditions.add(new Condition.IsAbsent(name));
        }
        if (isTrue("ifPresent")) {
            conditions.add(new Condition.Exists(name));
        }
        return conditions;
    }

    private boolean isTrue(String key) {
        JsonValue value = step.getOrDefault(key, JsonValue.FALSE);
        if (!value.equals(JsonValue.TRUE) && !value.equals(JsonValue.FALSE)) {
            throw new IllegalArgumentException(key + " must be true or false; it is " + value);
        }
        return value.equals(JsonValue.TRUE);
    }

    private Optional<String> optional(String key) {
        return step.containsKey(key) ? Optional.of(text(key)) : Optional.empty();
    }

    private String text(String key) {
        return text(key, step.getOrDefault(key, JsonValue.NULL));
    }

    private static String text(String key, JsonValue value) {
        if (!(value instanceof JsonString text)) {
            throw new IllegalArgumentException(key + " must be a text; it is " + value);
        }
        return text.getString();
    }
}
