export { type Reaction, ScriptedValidator } from './scripted-validator';
