package org.craq.node.files;

import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.SessionToken;

/** The result of a read, the consistency level at which it was answered, and the token that later reads can pass on. */
public record Answer<T>(T value, ReadOutcome.Level level, SessionToken session) {}
