#if DEBUG
    private import Glibc
    private import Synchronization

    /// Makes one system call fail, as the environment says: how a program meets faults that no machine can be made to have.
    ///
    /// Of builds for tests only. `SOCKCTL_FAULT=recv:ECONNRESET:3` fails the third recv(2), `3+` every one from then on, and
    /// in place of an error's name `short` has a call move one byte at most. `SOCKCTL_FAULT_LOG` names a file that gets the
    /// name of each call that is made.
    package final class FaultHook: SystemCallObserver {
        fileprivate struct Plan {
            let call: String
            /// Nil has the call move one byte.
            let error: Errno?
            let first: Int
            let isPersistent: Bool

            func means(_ number: Int) -> Bool { isPersistent ? number >= first : number == first }
        }

        private let plan: Plan?
        private let log: Int32
        private let made = Atomic<Int>(0)

        /// Watches the gate from now on, where the environment asks for that.
        package static func install() {
            let plan = ProcessCalls.environment("SOCKCTL_FAULT").map { Plan($0) }
            let log = ProcessCalls.environment("SOCKCTL_FAULT_LOG")
            guard plan != nil || log != nil else { return }
            SystemCall.watch(
                FaultHook(plan ?? nil, log: log.map { unsafe open($0, O_WRONLY | O_APPEND | O_CREAT, 0o600) } ?? -1))
        }

        private init(_ plan: Plan?, log: Int32) {
            self.plan = plan
            self.log = log
        }

        package var wantsRecords: Bool { false }

        package func fault(for call: String, descriptor: Int32) -> Errno? {
            if isWakeUp(call, descriptor) { return nil }
            note(call)
            guard let plan, plan.call == call else { return nil }
            let number = made.wrappingAdd(1, ordering: .relaxed).newValue
            return plan.means(number) ? plan.error : nil
        }

        package func most(for call: String) -> Int? {
            guard let plan, plan.call == call, plan.error == nil else { return nil }
            return plan.means(made.load(ordering: .relaxed)) ? 1 : nil
        }

        package func hasShortened(_ call: String) -> Bool { most(for: call) != nil }

        /// What other threads wake the loop by. The kernel fails it only where the loop is awake anyway (eventfd(2)).
        private func isWakeUp(_ call: String, _ descriptor: Int32) -> Bool {
            guard call == "write" else { return false }
            var room = [CChar](repeating: 0, count: 64)
            let count = unsafe readlink("/proc/self/fd/\(descriptor)", &room, 64)
            return room.prefix(max(0, count)).map { UInt8(bitPattern: $0) } == Array("anon_inode:[eventfd]".utf8)
        }

        /// Past the gate: it is what is watched.
        private func note(_ call: String) {
            guard log >= 0 else { return }
            let line = Array("\(call)\n".utf8)
            _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(log, $0.baseAddress, $0.count) }
        }
    }

    extension FaultHook.Plan {
        /// Nil for what says no fault; a test that means one finds out that nothing failed.
        fileprivate init?(_ text: String) {
            let parts = text.split(separator: ":")
            guard parts.count == 3, let first = Int(parts[2].prefix { $0.isNumber }) else { return nil }
            (call, self.first, isPersistent) = (String(parts[0]), first, parts[2].hasSuffix("+"))
            guard parts[1] != "short" else {
                error = nil
                return
            }
            guard let known = (1..<134).lazy.map({ Errno(rawValue: $0) }).first(where: { $0.name == parts[1] }) else {
                return nil
            }
            error = known
        }
    }
#endif
