export { familyOf, line, until, type ProcessFamily } from './processes';
